import { describe, expect, it } from 'vitest';
import { ConfigError, forgetSecrets } from '../src/config.ts';
import { readTraceparent, traceparentOf } from '../src/shared/trace-point.ts';
import { loadTelemetry } from '../src/telemetry-settings.ts';

const address = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

describe('loadTelemetry', () => {
  it('sends nothing unless a collector is named, and nothing if it is switched off', () => {
    for (const env of [
      {},
      { OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' },
      { ...address, OTEL_SDK_DISABLED: 'TRUE', OTEL_TRACES_SAMPLER: 'sometimes' },
      { ...address, OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
      { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    ])
      expect(loadTelemetry(env), JSON.stringify(env)).toBeNull();
  });

  it('sends traces and log lines by protobuf, all of them, by default', () => {
    expect(loadTelemetry(address)).toEqual({
      traces: { protocol: 'http/protobuf', delayMs: 5000 },
      logs: { protocol: 'http/protobuf', delayMs: 1000 },
      sampler: { share: 1, parentBased: true },
      timeoutMs: 5000,
    });
  });

  it('takes the settings of one kind before those of both', () => {
    const only = loadTelemetry({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/v1/traces' });
    expect(only).toMatchObject({ logs: null, traces: { protocol: 'http/protobuf' } });
    const both = loadTelemetry({ ...address, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf' });
    expect(both).toMatchObject({ traces: { protocol: 'http/json' }, logs: { protocol: 'http/protobuf' } });
    expect(loadTelemetry({ OTEL_LOGS_EXPORTER: 'otlp' })).toMatchObject({ traces: null, logs: { delayMs: 1000 } });
  });

  it.each([
    ['always_on', 1, false],
    ['always_off', 0, false],
    ['traceidratio', 0.25, false],
    ['parentbased_always_off', 0, true],
    ['parentbased_traceidratio', 0.25, true],
  ])('reads the sampler %s', (name, share, parentBased) => {
    const read = loadTelemetry({ ...address, OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: '0.25' });
    expect(read?.sampler).toEqual({ share, parentBased });
  });

  it('names every wrong value, and repeats no address', () => {
    const wrong = { OTEL_EXPORTER_OTLP_ENDPOINT: 'user:secret@host', OTEL_TRACES_SAMPLER_ARG: '2', OTEL_BSP_SCHEDULE_DELAY: '0' };
    expect(() => loadTelemetry(wrong)).toThrow(ConfigError);
    expect(() => loadTelemetry(wrong)).toThrow(
      'OTEL_EXPORTER_OTLP_ENDPOINT is wrong; it must be an address such as http://127.0.0.1:4318; OTEL_BSP_SCHEDULE_DELAY is "0"; it must be a number of milliseconds, from 1 to 9999999; OTEL_TRACES_SAMPLER_ARG is "2"; it must be a number from 0 to 1, such as 0.1',
    );
  });

  it('has headers that are secrets', () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'a=b', OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'a=b', OTEL_SERVICE_NAME: 'x' };
    forgetSecrets(env);
    expect(env).toEqual({ OTEL_SERVICE_NAME: 'x' });
  });
});

describe('readTraceparent', () => {
  const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];

  it('reads what traceparentOf writes', () => {
    for (const traceFlags of [0, 1]) {
      const point = { traceId, spanId, traceFlags };
      expect(readTraceparent(traceparentOf(point))).toEqual(point);
    }
  });

  it('reads the known members of a later version, and only the flag that it knows', () => {
    expect(readTraceparent(`01-${traceId}-${spanId}-03-more`)).toEqual({ traceId, spanId, traceFlags: 1 });
  });

  it.each([
    undefined,
    '',
    'text',
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId}-${spanId}`,
  ])('reads nothing from %s', (text) => {
    expect(readTraceparent(text)).toBeNull();
  });
});
