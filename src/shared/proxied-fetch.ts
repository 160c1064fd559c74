import { invariant } from './errors.ts';

/** The variables of an environment that name proxies, among others. */
type Environment = Readonly<Record<string, string | undefined>>;

type FetchByAgent = (url: URL, init: RequestInit | undefined) => Promise<Response>;

interface Proxy {
  /** Name of the variable that it comes from, for messages. */
  readonly variable: string;
  /** Address with the credentials, which no message repeats. */
  readonly uri: string;
  /** Address for people. */
  readonly shown: string;
}

const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:', 'socks:']);

/**
 * Makes a fetch that goes through the proxies that an environment names, as curl does: `https_proxy` or `http_proxy` by the scheme of
 * the address, or else `all_proxy`, in lower case before upper case, unless `no_proxy` names the host. Addresses of this machine are
 * never proxied. Without a proxy it is the platform's fetch.
 *
 * @throws fetch's own errors from every request; if the proxy's address is wrong, or the proxy cannot be reached or refuses, the cause
 * says so: it names the variable, and never the credentials in it
 */
export function proxiedFetch(environment: Environment): typeof fetch {
  const agents = new Map<string, Promise<FetchByAgent>>();
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const proxy = isThisMachine(url.hostname) ? null : proxyFor(url, environment);
    if (proxy === null) return fetch(input, init);
    invariant(!(input instanceof Request), 'requests through a proxy are given by their address');
    const agent = agents.get(proxy.uri) ?? agentOf(proxy, named(environment, 'no_proxy')?.value ?? '');
    agents.set(proxy.uri, agent);
    const send = await agent;
    try {
      return await send(url, init);
    } catch (error) {
      throw explained(error, proxy);
    }
  };
}

/** A fetch whose connections go through one proxy, and are kept for later requests. undici takes a quarter of a second to load. */
async function agentOf({ uri }: Proxy, noProxy: string): Promise<FetchByAgent> {
  const undici = await import('undici');
  const dispatcher = new undici.EnvHttpProxyAgent({ httpProxy: uri, httpsProxy: uri, noProxy, proxyTunnel: false });
  // The platform's fetch is an undici too: the types differ in name only.
  return async (url, init) =>
    (await undici.fetch(url, { ...init, dispatcher } as Parameters<typeof undici.fetch>[1])) as unknown as Response;
}

function isThisMachine(hostname: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === '[::1]';
}

function proxyFor({ protocol }: URL, environment: Environment): Proxy | null {
  const found = named(environment, protocol === 'https:' ? 'https_proxy' : 'http_proxy') ?? named(environment, 'all_proxy');
  if (found === null) return null;
  const { variable, value } = found;
  const uri = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const parsed = URL.canParse(uri) ? new URL(uri) : null;
  if (parsed === null || !schemes.has(parsed.protocol) || parsed.hostname === '')
    throw failed(`${variable} is not the address of a proxy, such as http://proxy.example:3128`);
  return { variable, uri, shown: `${parsed.protocol}//${parsed.host}` };
}

/** An empty variable is one that is not set. */
function named(environment: Environment, name: string): { variable: string; value: string } | null {
  for (const variable of [name, name.toUpperCase()]) {
    const value = environment[variable]?.trim() ?? '';
    if (value !== '') return { variable, value };
  }
  return null;
}

/** Says what the proxy did, if the failure is the proxy's. */
function explained(error: unknown, { variable, uri, shown }: Proxy): unknown {
  const reasons: { message: string; hostname?: unknown; port?: unknown }[] = [];
  for (let reason = error; reason instanceof Error; reason = reason.cause) reasons.push(reason);
  const { hostname, port, username } = new URL(uri);
  const [, status] =
    reasons.map(({ message }) => /^Proxy (?:response|Authentication Required) \((\d+)\)/.exec(message)).find(Boolean) ?? [];
  const isAway = reasons.some((reason) => reason.hostname === hostname || (port !== '' && String(reason.port) === port));
  if (status === undefined && !isAway) return error;
  return failed(`the proxy ${shown} (${variable}) ${faultOf(status, username !== '')}`, error);
}

function faultOf(status: string | undefined, hasUser: boolean): string {
  if (status === undefined) return 'cannot be reached';
  if (status !== '407') return `refuses the connection (${status})`;
  const given = hasUser ? 'refuses the user or the password' : 'asks for a user and a password';
  return `${given} (407): write them into its address, as http://user:password@host:port`;
}

/** An error as fetch throws it, whose cause is what the user can mend. */
function failed(message: string, error?: unknown): TypeError {
  return new TypeError('fetch failed', { cause: new Error(message, error instanceof Error ? { cause: error.cause } : {}) });
}
