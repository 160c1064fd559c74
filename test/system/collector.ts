import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector receives it. Times are in nanoseconds. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly string[];
  /** 2: an error. */
  readonly status: number;
  /** `service.name` of the process that sent it. */
  readonly service: unknown;
}

/** A record of a log as a collector receives it. */
export interface ReceivedLine {
  readonly traceId: string | undefined;
  readonly severity: string;
  readonly body: string;
}

/** A collector of OpenTelemetry in this process, for JSON. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  readonly lines: ReceivedLine[];
  /** Path, content type and text of each request. */
  readonly requests: { readonly path: string; readonly type: string | undefined; readonly text: string; readonly key: unknown }[];
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

const attributesOf = (list: readonly Attribute[] = []): Record<string, unknown> =>
  Object.fromEntries(list.map(({ key, value }) => [key, 'intValue' in value ? Number(value['intValue']) : Object.values(value)[0]]));

/** Starts a collector. */
export async function startCollector(): Promise<Collector> {
  const received: Pick<Collector, 'spans' | 'lines' | 'requests'> = { spans: [], lines: [], requests: [] };
  const server = createServer((request, response) => void receive(received, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ...received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function receive(
  { spans, lines, requests }: Pick<Collector, 'spans' | 'lines' | 'requests'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const [text, type] = [Buffer.concat(chunks).toString(), request.headers['content-type']];
  requests.push({ path: request.url ?? '', type, text, key: request.headers['x-collector-key'] });
  response.setHeader('content-type', 'application/json').end('{}');
  if (type !== 'application/json') return;
  const body = JSON.parse(text);
  for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
    const service = attributesOf(resource.attributes)['service.name'];
    for (const { spans: sent } of scopeSpans) for (const span of sent) spans.push(spanOf(span, service));
  }
  for (const { scopeLogs } of body.resourceLogs ?? [])
    for (const { logRecords } of scopeLogs)
      for (const { traceId, severityText: severity, body: words } of logRecords)
        lines.push({ traceId: traceId || undefined, severity, body: words.stringValue });
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of a library, whose form the assertions check
function spanOf(span: any, service: unknown): ReceivedSpan {
  const { traceId, spanId, parentSpanId = '', name, startTimeUnixNano, endTimeUnixNano, attributes, links = [], status } = span;
  return {
    ...{ traceId, spanId, parentSpanId, name, service, status: status?.code ?? 0 },
    start: BigInt(startTimeUnixNano),
    end: BigInt(endTimeUnixNano),
    attributes: attributesOf(attributes),
    links: links.map((link: { spanId: string }) => link.spanId),
  };
}
