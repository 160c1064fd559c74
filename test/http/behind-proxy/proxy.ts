import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Settings of the proxy. */
export interface ProxyOptions {
  /** Port of the service. */
  readonly upstream: number;
  /** The key with which people act. */
  readonly peopleKey: string;
  /** People by the cookie of their session. */
  readonly sessions: Readonly<Record<string, string>>;
  /** Address of every client, as all that connect here are of this machine. */
  readonly client: string;
}

/** A reverse proxy that does what docs/operations/proxy.md says, for tests: with a table of sessions in place of an identity provider. */
export async function startProxy(options: ProxyOptions): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((incoming, outgoing) => {
    const person = options.sessions[/session=(\w+)/.exec(incoming.headers.cookie ?? '')?.[1] ?? ''];
    const isProgram = /^bearer /i.test(incoming.headers.authorization ?? '');
    if (!isProgram && person === undefined) {
      outgoing.writeHead(302, { location: `/oauth2/start?rd=${encodeURIComponent(incoming.url ?? '/')}` }).end();
      return;
    }
    const forwarded = request(
      {
        ...{ host: '127.0.0.1', port: options.upstream, method: incoming.method, path: incoming.url },
        headers: forwardedHeaders(incoming.headers, options, isProgram ? null : (person ?? null)),
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The headers for the service: nothing that the client says of itself, and the key of people for a person. */
function forwardedHeaders(given: IncomingHttpHeaders, { client, peopleKey }: ProxyOptions, person: string | null): IncomingHttpHeaders {
  const { 'clavier-person': _forged, 'x-forwarded-for': _for, 'x-forwarded-host': _host, cookie: _cookie, ...headers } = given;
  const own = { ...headers, 'x-forwarded-for': client, 'x-forwarded-host': given.host, 'x-forwarded-proto': 'https' };
  return person === null ? own : { ...own, authorization: `Bearer ${peopleKey}`, 'clavier-person': person };
}
