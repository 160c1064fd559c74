import ipaddr from 'ipaddr.js';

/** An address of either version of IP. */
type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A range of addresses: its first address and the length of its prefix in bits. */
export type Network = readonly [Address, number];

/**
 * Addresses at which cloud platforms tell a machine its credentials: AWS, Google, Azure, Alibaba and Oracle. Some of them lie in public
 * ranges. Only an entry for the very address allows one, never a range that happens to contain it.
 */
const metadataAddresses: ReadonlySet<string> = new Set(
  [
    ...['169.254.169.254', '169.254.170.2', '169.254.170.23', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
    ...['fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254'],
  ].map((text) => ipaddr.parse(text).toNormalizedString()),
);

/** All of IPv6 that is routed on the Internet. What lies outside of it is local, reserved, or a translation of IPv4. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** Prefix under which networks without IPv4 reach IPv4 addresses (RFC 6052). The address is in the last four bytes. */
const translated = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address. null: the text is none of these. */
export function networkOf(text: string): Network | null {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/**
 * Tells why nothing is sent to an address; null: it is public or allowed. Addresses of IPv4 that are written as IPv6 are judged as the
 * IPv4 addresses that they reach.
 *
 * @param text an address of IPv4 or IPv6, without brackets
 * @param allowed the networks that the operator allows
 */
export function addressFault(text: string, allowed: readonly Network[]): string | null {
  if (!ipaddr.isValid(text)) return `${text} is not an IP address`;
  const address = reached(ipaddr.parse(text));
  const shown = address.toString();
  if (metadataAddresses.has(address.toNormalizedString()))
    return allowed.some((network) => isOnly(network, address)) ? null : `${shown} is a metadata service of a cloud platform`;
  if (allowed.some(([first, bits]) => first.kind() === address.kind() && address.match(first, bits))) return null;
  if (isPublic(address)) return null;
  return `${shown} is not a public address (${rangeOf(address)})`;
}

function reached(address: Address): Address {
  if (!(address instanceof ipaddr.IPv6)) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return address.match(translated) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}

function isOnly([first, bits]: Network, address: Address): boolean {
  return bits === (address.kind() === 'ipv4' ? 32 : 128) && first.toNormalizedString() === address.toNormalizedString();
}

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(globalUnicast));
}

/** The range in words: `carrierGradeNat` is `carrier grade nat`. */
function rangeOf(address: Address): string {
  const range = address.range();
  return range === 'unicast' ? 'local' : range.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
