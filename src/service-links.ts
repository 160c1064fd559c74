import { isIP } from 'node:net';

const protocols = 'TCP|UDP|SCTP';
/** `CLAVIER_`, or `CLAVIER_<SOMETHING>_`, before the part that Kubernetes adds to the name of a Service. */
const service = /^CLAVIER_(?:[A-Z0-9_]+_)?/.source;

/** The variables that Kubernetes sets for a Service, by the end of the name, with the check of the value. */
const kinds: readonly { readonly name: RegExp; readonly isValue: (value: string, protocol: string) => boolean }[] = [
  { name: new RegExp(`${service}SERVICE_HOST$`), isValue: isAddress },
  { name: new RegExp(`${service}SERVICE_PORT(?:_[A-Z0-9_]+)?$`), isValue: isPort },
  { name: new RegExp(`${service}PORT$`), isValue: (value) => isLink(value) },
  { name: new RegExp(`${service}PORT_\\d+_(${protocols})$`), isValue: isLink },
  { name: new RegExp(`${service}PORT_\\d+_(${protocols})_PROTO$`), isValue: (value, protocol) => value === protocol },
  { name: new RegExp(`${service}PORT_\\d+_(?:${protocols})_PORT$`), isValue: isPort },
  { name: new RegExp(`${service}PORT_\\d+_(?:${protocols})_ADDR$`), isValue: isAddress },
];

/**
 * Recognises a variable that Kubernetes sets in every pod for a Service named `clavier` or `clavier-<something>`, such as
 * `CLAVIER_PORT=tcp://10.0.0.1:8080`. Both the name and the value must have its form, so that a wrong setting is still
 * refused. Of the settings, only CLAVIER_PORT has such a name.
 */
export function isServiceLink(name: string, value: string): boolean {
  return kinds.some((kind) => {
    const match = kind.name.exec(name);
    return match !== null && kind.isValue(value, match[1]?.toLowerCase() ?? '');
  });
}

function isAddress(value: string): boolean {
  return isIP(value) !== 0;
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535;
}

/** Recognises `tcp://10.0.0.1:8080` and `tcp://[fd00::1]:8080`, of any protocol unless one is given. */
function isLink(value: string, wanted?: string): boolean {
  const [, protocol, ipv6, ipv4, port] = /^(tcp|udp|sctp):\/\/(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(value) ?? [];
  if (port === undefined || (wanted !== undefined && protocol !== wanted)) return false;
  return isPort(port) && (ipv6 === undefined ? isIP(ipv4 ?? '') === 4 : isIP(ipv6) === 6);
}
