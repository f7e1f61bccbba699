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
  const address = ip?.replace(/%.*$/, '') ?? '';
  const mapped = MAPPED.exec(address)?.[1] ?? address;
  if (isIPv4(mapped)) return mapped;
  if (!isIPv6(address)) return null;
  const [head = '', tail = ''] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  // An IPv4 address at the end counts for two groups.
  const after = (tail === '' ? 0 : tail.split(':').length) + (tail.includes('.') ? 1 : 0);
  if (address.includes('::')) {
    const omitted = 8 - groups.length - after;
    for (let i = 0; i < omitted; i++) groups.push('0');
    groups.push(...tail.split(':'));
  }
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
