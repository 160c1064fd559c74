import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopbackHost } from '../shared/loopback.ts';
import type { Exposure } from './exposure.ts';
import { HttpProblem } from './http-problem.ts';

/** The names under which clients reach the service. */
export interface HostNames {
  /** Address or name that it listens on. */
  readonly own: string;
  /** Other names in lower case, `*.name` for those below one, `*` for any; null where none are configured. */
  readonly allowed: readonly string[] | null;
}

/** Those of a service that has no settings for them. */
export const ownNames: HostNames = { own: 'localhost', allowed: null };

/** Names and origins that the checks compare with. */
export interface Sites extends HostNames, Pick<Exposure, 'publicUrl' | 'corsOrigins'> {}

/**
 * Refuses what a page of another site can make a browser send: requests under a host name that an attacker made point
 * here (DNS rebinding), and changes from other origins (CSRF). Clients other than browsers send neither `Sec-Fetch-Site`
 * nor `Origin` and are not affected. Reads need no check: only origins that are configured see the answers.
 */
export function checkSites(app: FastifyInstance, names: Sites): void {
  const checksHosts = hostCheck(app, names);
  app.addHook('onRequest', async (request) => {
    if (checksHosts()) checkHostName(request, names);
    if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method)) checkInitiator(request, names);
  });
}

/** Behind a public address the names are not known, and requests carry a key, which pages of other sites do not have. */
function hostCheck(app: FastifyInstance, { allowed }: HostNames): () => boolean {
  if (allowed !== null) return () => !allowed.includes('*');
  let isLocal: boolean | undefined;
  return () => {
    isLocal ??= listensLocally(app);
    return isLocal ?? false;
  };
}

/** Undefined before the server listens on an address. */
function listensLocally(app: FastifyInstance): boolean | undefined {
  const bound = app.server.address();
  return bound === null || typeof bound === 'string' ? undefined : isLoopbackHost(bound.address);
}

/** A host that is an IP address passes: DNS rebinding needs a name. */
function checkHostName(request: FastifyRequest, { own, allowed, publicUrl }: Sites): void {
  const host = authorityOf(request);
  if (host === undefined || host === '') return;
  const name = nameOf(host);
  if (name !== null && (isAddress(name) || isLoopbackHost(name) || name === own.toLowerCase() || isListed(name, allowed))) return;
  if (name !== null && publicUrl !== null && name === hostOfOrigin(publicUrl)) return;
  const shown = JSON.stringify(name ?? host);
  throw new HttpProblem(
    'host-not-allowed',
    `the service does not answer to the host ${shown}; use localhost or an IP address, or start it with CLAVIER_ALLOWED_HOSTS set to that name`,
  );
}

function checkInitiator(request: FastifyRequest, { allowed, publicUrl, corsOrigins }: Sites): void {
  const { headers } = request;
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return;
  if (site === undefined && (origin === undefined || isOriginOf(origin, authorityOf(request) ?? ''))) return;
  if (origin !== undefined && (isListed(hostOfOrigin(origin), allowed) || corsOrigins.includes(origin))) return;
  if (site === undefined && origin === publicUrl) return;
  const from = origin === undefined ? `the browser says ${JSON.stringify(site)}` : `its origin is ${JSON.stringify(origin)}`;
  throw new HttpProblem(
    'cross-site-request',
    `a page of another site must not change anything here: ${from}; use /docs of this service, a program, or list the host of that site in CLAVIER_ALLOWED_HOSTS, or its origin in CLAVIER_CORS_ORIGINS if its pages may also read the answers`,
  );
}

/** The host that a request names, or the proxy in front that is trusted. A target in absolute form takes precedence over the header Host (RFC 9112, section 3.2.2). */
function authorityOf({ host, originalUrl }: FastifyRequest): string | undefined {
  return /^https?:\/\/([^/?#]*)/i.exec(originalUrl)?.[1] ?? host;
}

/** The scheme is not compared: a proxy may end TLS. It only says which port is meant where none is named. */
function isOriginOf(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: authority } = new URL(origin);
  return authority !== '' && URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === authority;
}

function hostOfOrigin(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : '';
}

/** The name in a Host header, in lower case and without port and final dot; null where it is none. */
function nameOf(host: string): string | null {
  if (/[\s/\\@?#]/.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname.replace(/\.$/, '');
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

function isListed(name: string, allowed: readonly string[] | null): boolean {
  return (allowed ?? []).some((listed) => name === listed || (listed.startsWith('*.') && name.endsWith(listed.slice(1))));
}
