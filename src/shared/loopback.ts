import { isIP } from 'node:net';

/** True for an address or name that only this machine reaches. Other names are not looked up: they may mean any interface. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase();
  if (isIP(name) !== 0) return name === '::1' || /^(::ffff:)?127\./.test(name);
  return name === 'localhost' || name.endsWith('.localhost');
}
