import { BlockList, isIPv4, isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** RFC 1918, 3927, 4193, 4291, 6598: networks that the Internet does not lead to. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv6');

/** Whether an address is of this machine or of a private network, as a proxy's is. */
export function isPrivateAddress(ip: string): boolean {
  const address = MAPPED.exec(ip)?.[1] ?? ip.replace(/%.*$/, '');
  return isIPv4(address) ? PRIVATE.check(address, 'ipv4') : PRIVATE.check(address, 'ipv6');
}

/**
 * What limits count a client by: its IPv4 address, or the first 64 bits of its IPv6 address, since a single subscriber is
 * given that many addresses (RFC 6177). `null` for anything else.
 */
export function addressPrefix(ip: string | null): string | null {
  return addressPrefixes(ip)[0] ?? null;
}

/** How many bits of an IPv6 address name a host's network, a customer's, and a site's. */
const IPV6_BITS = [64, 56, 48] as const;

/**
 * The networks of a client, the narrowest first: its IPv4 address alone, or the /64, the /56 and the /48 of its IPv6 address,
 * which providers give to a single customer (RFC 6177). Empty for anything else.
 */
export function addressPrefixes(ip: string | null): readonly string[] {
  const address = ip?.replace(/%.*$/, '') ?? '';
  const mapped = MAPPED.exec(address)?.[1] ?? address;
  if (isIPv4(mapped)) return [mapped];
  if (!isIPv6(address)) return [];
  const groups = firstGroups(address);
  return IPV6_BITS.map((bits) => {
    const kept = groups.map((group, i) => {
      const bitsOfGroup = Math.min(16, Math.max(0, bits - 16 * i));
      return (group & (0xffff << (16 - bitsOfGroup))).toString(16);
    });
    return `${kept.slice(0, Math.ceil(bits / 16)).join(':')}::/${bits}`;
  });
}

/** The first 64 bits of an IPv6 address, in four groups. */
function firstGroups(address: string): readonly number[] {
  const [head = '', tail = ''] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  // An IPv4 address at the end counts for two groups.
  const after = (tail === '' ? 0 : tail.split(':').length) + (tail.includes('.') ? 1 : 0);
  if (address.includes('::')) {
    const omitted = 8 - groups.length - after;
    for (let i = 0; i < omitted; i++) groups.push('0');
    groups.push(...tail.split(':'));
  }
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16));
}
