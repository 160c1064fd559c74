import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, forgetSecrets, loadConfig } from '../src/config.ts';
import { configSettings } from '../src/environment.ts';
import { networks } from './webhooks/networks.ts';

/** The message of the fault that an environment has. */
function faultOf(env: NodeJS.ProcessEnv): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the environment was accepted');
}

/** The variables that Kubernetes sets in a pod for a Service with the ports 8080 (named) and 53 (of every protocol). */
function serviceLinks(prefix: string, address: string): NodeJS.ProcessEnv {
  const host = address.includes(':') ? `[${address}]` : address;
  const links: NodeJS.ProcessEnv = {
    [`${prefix}_SERVICE_HOST`]: address,
    [`${prefix}_SERVICE_PORT`]: '8080',
    [`${prefix}_SERVICE_PORT_HTTP_API`]: '8080',
    [`${prefix}_PORT`]: `tcp://${host}:8080`,
  };
  for (const [port, protocol] of [
    [8080, 'tcp'],
    [53, 'udp'],
    [53, 'sctp'],
  ] as const) {
    const name = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    Object.assign(links, { [name]: `${protocol}://${host}:${port}`, [`${name}_PROTO`]: protocol });
    Object.assign(links, { [`${name}_PORT`]: String(port), [`${name}_ADDR`]: address });
  }
  return links;
}

describe('loadConfig', () => {
  it('gives the documented defaults for an empty environment', () => {
    expect(loadConfig({}, { limits: { cores: 3, cpuQuota: null, memoryMb: null } })).toEqual({
      host: '127.0.0.1',
      port: 8080,
      allowedHosts: null,
      trustedProxies: null,
      publicUrl: null,
      corsOrigins: null,
      rateLimit: 300_000,
      streamLimit: 2000,
      metricsPort: null,
      databaseUrl: null,
      dataFolder: resolve('.clavier'),
      imdbArchive: null,
      slots: 3,
      slotsReason: 'number of cores',
      trainerMemoryMb: 2048,
      cores: 3,
      artifactMb: 10_240,
      eventDays: 7,
      webhookTargets: [],
      logLevel: 'info',
      leaseSeconds: 15,
      heartbeatSeconds: 3,
      sweepSeconds: 3,
      stallSeconds: 300,
      url: 'http://127.0.0.1:8080',
      key: null,
      project: null,
    });
  });

  it('reads every setting, and makes paths absolute', () => {
    const set = {
      CLAVIER_HOST: '::1',
      CLAVIER_PORT: '0',
      CLAVIER_ALLOWED_HOSTS: 'Tuning.example, *.internal',
      CLAVIER_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,fd00::/8',
      CLAVIER_PUBLIC_URL: 'https://Tuning.example/',
      CLAVIER_CORS_ORIGINS: 'https://app.example, http://localhost:5173',
      CLAVIER_RATE_LIMIT: '600',
      CLAVIER_STREAM_LIMIT: '10',
      CLAVIER_METRICS_PORT: '9090',
      DATABASE_URL: 'postgresql://user:secret@db:5433/tuning',
      CLAVIER_DATA_DIR: 'data/here',
      CLAVIER_IMDB_ARCHIVE: '/archives/aclImdb_v1.tar.gz',
      CLAVIER_SLOTS: '7',
      CLAVIER_TRAINER_MEMORY_MB: '512',
      CLAVIER_ARTIFACT_MB: '300',
      CLAVIER_EVENT_DAYS: '30',
      CLAVIER_WEBHOOK_PRIVATE_TARGETS: '10.0.0.0/8, ::1',
      CLAVIER_LOG_LEVEL: 'silent',
      CLAVIER_LEASE_SECONDS: '2.5',
      CLAVIER_HEARTBEAT_SECONDS: '0.5',
      CLAVIER_SWEEP_SECONDS: '1',
      CLAVIER_STALL_SECONDS: '60',
      CLAVIER_URL: 'https://tuning.example/clavier',
      CLAVIER_KEY: 'sesame',
      CLAVIER_PROJECT: 'vision',
    };
    expect(loadConfig(set, { limits: { cores: 3, cpuQuota: 1.5, memoryMb: 8192 } })).toEqual({
      host: '::1',
      port: 0,
      allowedHosts: ['tuning.example', '*.internal'],
      trustedProxies: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'],
      publicUrl: 'https://tuning.example',
      corsOrigins: ['https://app.example', 'http://localhost:5173'],
      rateLimit: 600,
      streamLimit: 10,
      metricsPort: 9090,
      databaseUrl: 'postgresql://user:secret@db:5433/tuning',
      dataFolder: resolve('data/here'),
      imdbArchive: '/archives/aclImdb_v1.tar.gz',
      slots: 7,
      slotsReason: 'CLAVIER_SLOTS',
      trainerMemoryMb: 512,
      cores: 1,
      artifactMb: 300,
      eventDays: 30,
      webhookTargets: networks('10.0.0.0/8', '::1'),
      logLevel: 'silent',
      leaseSeconds: 2.5,
      heartbeatSeconds: 0.5,
      sweepSeconds: 1,
      stallSeconds: 60,
      url: 'https://tuning.example/clavier',
      key: 'sesame',
      project: 'vision',
    });
  });

  it('takes an empty value for one that is not set', () => {
    const empty = Object.fromEntries(configSettings.map(({ name }) => [name, '']));
    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });

  it("takes a command's default where nothing is set, and only there", () => {
    expect(loadConfig({}, { port: 0 })).toEqual({ ...loadConfig({}), port: 0 });
    expect(loadConfig({ CLAVIER_PORT: '' }, { port: 0 }).port).toBe(0);
    expect(loadConfig({ CLAVIER_PORT: '81' }, { port: 0 }).port).toBe(81);
  });

  it('leaves the variables of other programs alone', () => {
    expect(loadConfig({ PATH: '/bin', HOST: 'elsewhere', PORT: 'x' })).toEqual(loadConfig({}));
  });

  it.each([
    ['CLAVIER_HOST', 'http://here', 'a host name'],
    ['CLAVIER_HOST', 'localhost:80', 'a host name'],
    ['CLAVIER_ALLOWED_HOSTS', 'tuning.example:8080', 'host names without ports'],
    ['CLAVIER_ALLOWED_HOSTS', 'a, ,b', 'host names without ports'],
    ['CLAVIER_TRUSTED_PROXIES', 'proxy.example', 'IP addresses and ranges'],
    ['CLAVIER_TRUSTED_PROXIES', '10.0.0.0/33', 'IP addresses and ranges'],
    ['CLAVIER_PUBLIC_URL', 'https://tuning.example/clavier', 'an origin without a path'],
    ['CLAVIER_PUBLIC_URL', 'tuning.example', 'an origin without a path'],
    ['CLAVIER_CORS_ORIGINS', '*', 'origins separated by commas'],
    ['CLAVIER_CORS_ORIGINS', 'https://app.example/', 'origins separated by commas'],
    ['CLAVIER_RATE_LIMIT', '-1', '0 to 100000000'],
    ['CLAVIER_STREAM_LIMIT', '5001', '0 to 5000'],
    ['CLAVIER_PORT', '65536', '0 to 65535'],
    ['CLAVIER_PORT', '-1', '0 to 65535'],
    ['CLAVIER_PORT', '80a', '0 to 65535'],
    ['CLAVIER_PORT', '8080.5', '0 to 65535'],
    ['CLAVIER_PORT', '0x50', '0 to 65535'],
    ['CLAVIER_SLOTS', '0', '1 to 256'],
    ['CLAVIER_SLOTS', '257', '1 to 256'],
    ['CLAVIER_SLOTS', 'all', '1 to 256'],
    ['CLAVIER_TRAINER_MEMORY_MB', '255', '256 to 1048576'],
    ['CLAVIER_TRAINER_MEMORY_MB', '2GB', '256 to 1048576'],
    ['CLAVIER_LOG_LEVEL', 'INFO', 'fatal, error, warn, info, debug, trace, silent'],
    ['CLAVIER_LEASE_SECONDS', '0', '0.5 to 86400'],
    ['CLAVIER_LEASE_SECONDS', '15s', '0.5 to 86400'],
    ['CLAVIER_HEARTBEAT_SECONDS', '0', '0.1 to 3600'],
    ['CLAVIER_SWEEP_SECONDS', 'NaN', '0.1 to 3600'],
    ['CLAVIER_STALL_SECONDS', 'Infinity', '1 to 86400'],
  ])('refuses %s=%s in one line with the name, the value and what is allowed', (name, value, allowed) => {
    const message = faultOf({ [name]: value });
    expect(message).toContain(`${name} is ${JSON.stringify(value)}; it must be `);
    expect(message).toContain(allowed);
    expect(message).not.toContain('\n');
  });

  it('stays on one line when the value has line ends', () => {
    expect(faultOf({ CLAVIER_PORT: '80\n81', 'CLAVIER_A\nB': '1' })).not.toContain('\n');
  });

  it.each(['mysql://db/x', 'db.example', 'postgres://user:hunter2@[bad/x', 'postgres:hunter2'])(
    'refuses the database address %s without repeating it',
    (url) => {
      const message = faultOf({ DATABASE_URL: url });
      expect(message).toMatch(/^DATABASE_URL is wrong; it must be a PostgreSQL address/);
      expect(message).not.toContain('hunter2');
    },
  );

  it('refuses a key that no header can hold, without repeating it', () => {
    expect(faultOf({ CLAVIER_KEY: 'hunter2 and more' })).toBe(
      'CLAVIER_KEY is wrong; it must be letters, digits and punctuation without spaces',
    );
  });

  it.each(['localhost:8080', 'ftp://host', 'http://[bad'])('refuses %s as the address of a service', (url) => {
    expect(faultOf({ CLAVIER_URL: url })).toContain('it must be an address such as http://127.0.0.1:8080');
  });

  it('refuses a heartbeat that leaves no room for a lost one', () => {
    const half = { CLAVIER_LEASE_SECONDS: '6', CLAVIER_HEARTBEAT_SECONDS: '3' };
    expect(faultOf(half)).toBe('CLAVIER_HEARTBEAT_SECONDS is 3; it must be less than half of CLAVIER_LEASE_SECONDS, which is 6');
    expect(loadConfig({ ...half, CLAVIER_HEARTBEAT_SECONDS: '2.9' }).heartbeatSeconds).toBe(2.9);
  });

  it('refuses a name it does not know, and says which one was meant', () => {
    expect(faultOf({ CLAVIER_SLOT: '2' })).toBe('CLAVIER_SLOT is not a setting of Clavier; did you mean CLAVIER_SLOTS?');
    expect(faultOf({ CLAVIER_SOMETHING_ELSE: '2' })).toBe('CLAVIER_SOMETHING_ELSE is not a setting of Clavier');
  });

  it.each(['10.0.0.1', 'fd00::1'])('ignores what Kubernetes sets for a Service named clavier or clavier-<something> at %s', (address) => {
    for (const prefix of ['CLAVIER', 'CLAVIER_API', 'CLAVIER_URL', 'CLAVIER_SERVICE', 'CLAVIER_API_PORT', 'CLAVIER_2']) {
      expect(loadConfig(serviceLinks(prefix, address))).toEqual(loadConfig({}));
      expect(loadConfig({ ...serviceLinks(prefix, address), CLAVIER_SLOTS: '3' }).slots).toBe(3);
    }
    expect(loadConfig(serviceLinks('CLAVIER', address), { port: 0 }).port).toBe(0);
  });

  it.each([
    ['CLAVIER_PORT', 'tcp://10.0.0.1'],
    ['CLAVIER_PORT', 'tcp://10.0.0.1:99999'],
    ['CLAVIER_PORT', 'http://10.0.0.1:8080'],
    ['CLAVIER_PORT', 'tcp://clavier:8080'],
    ['CLAVIER_HOST', 'tcp://10.0.0.1:8080'],
    ['CLAVIER_URL', 'tcp://10.0.0.1:8080'],
    ['CLAVIER_SLOTS_PORT', '8080'],
    ['CLAVIER_SERVICE_HOST', 'clavier.default.svc'],
    ['CLAVIER_SERVICE_PORT', 'http'],
    ['CLAVIER_SERVICE_URL', 'http://10.0.0.1'],
    ['CLAVIER_PORT_8080_TCP', 'udp://10.0.0.1:8080'],
    ['CLAVIER_PORT_8080_TCP_PROTO', 'udp'],
    ['CLAVIER_PORT_8080_TCP_ADDR', 'here'],
    ['CLAVIER_PORT_TCP', 'tcp://10.0.0.1:8080'],
  ])('still refuses %s=%s, which no Service sets', (name, value) => {
    expect(faultOf({ [name]: value })).toContain(name);
  });

  it('names every wrong value at once', () => {
    const message = faultOf({ CLAVIER_PORT: 'x', CLAVIER_SLOTS: 'y', CLAVIER_DATADIR: 'z' });
    for (const name of ['CLAVIER_PORT', 'CLAVIER_SLOTS', 'CLAVIER_DATADIR']) expect(message).toContain(name);
  });
});

it('secrets are removed from an environment that was read, and nothing else', () => {
  const environment = { CLAVIER_KEY: 'sesame', DATABASE_URL: 'postgresql://user:secret@db/x', CLAVIER_PORT: '1', PATH: '/bin' };
  forgetSecrets(environment);
  expect(environment).toEqual({ CLAVIER_PORT: '1', PATH: '/bin' });
});

describe('configSettings', () => {
  it('documents each setting, with the default that loadConfig applies', () => {
    expect(configSettings).toHaveLength(Object.keys(loadConfig({})).length - ['slotsReason', 'cores'].length);
    const described = [
      'CLAVIER_ALLOWED_HOSTS',
      'CLAVIER_TRUSTED_PROXIES',
      'CLAVIER_PUBLIC_URL',
      'CLAVIER_CORS_ORIGINS',
      'CLAVIER_METRICS_PORT',
      'DATABASE_URL',
      'CLAVIER_IMDB_ARCHIVE',
      'CLAVIER_SLOTS',
      'CLAVIER_TRAINER_MEMORY_MB',
      'CLAVIER_WEBHOOK_PRIVATE_TARGETS',
      'CLAVIER_KEY',
      'CLAVIER_PROJECT',
    ];
    const literal = configSettings.filter(({ name }) => !described.includes(name));
    expect(loadConfig(Object.fromEntries(literal.map(({ name, defaultValue }) => [name, defaultValue])))).toEqual(loadConfig({}));
    for (const { meaning } of configSettings) expect(meaning).toMatch(/^[A-Z].{20,}\.$/);
  });
});
