import type { BlockList } from 'node:net';

/**
 * Whether an IP address is one of the internet at large: none of this machine, of a private or carrier's network, of the link, of
 * a cloud's metadata, multicast or reserved. What is no address is not public.
 * https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isPublicAddress(address: string): boolean {
  const { isIP } = process.getBuiltinModule('node:net');
  const [plain = ''] = address.replace(/^\[|\]$/g, '').split('%');
  if (isIP(plain) === 4) return !specialV4().check(plain);
  if (isIP(plain) !== 6) return false;
  const inside = embeddedV4(plain);
  return inside === null ? globalV6().check(plain, 'ipv6') && !specialV6().check(plain, 'ipv6') : !specialV4().check(inside);
}

const special4: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // Azure's metadata: not of a special network.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Of global unicast, what is special all the same: Teredo and others of the IETF, documentation, 6to4, which can lead anywhere. */
const special6: readonly (readonly [network: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

function specialV4(): BlockList {
  return listOf(special4, 'ipv4');
}

function specialV6(): BlockList {
  return listOf(special6, 'ipv6');
}

function globalV6(): BlockList {
  return listOf([['2000::', 3]], 'ipv6');
}

function listOf(networks: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new (process.getBuiltinModule('node:net').BlockList)();
  for (const [network, bits] of networks) list.addSubnet(network, bits, family);
  return list;
}

/** The IPv4 address that one is mapped from (`::ffff:0:0/96`) or translated to by NAT64 (`64:ff9b::/96`); null: neither. */
function embeddedV4(address: string): string | null {
  const groups = groupsOf(address);
  const start = groups.slice(0, 6).join(':');
  if (start !== '0:0:0:0:0:65535' && start !== '100:65435:0:0:0:0') return null;
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/** The eight numbers of a valid IPv6 address, a dotted end included. */
function groupsOf(address: string): number[] {
  const hexadecimal = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) =>
    [0, 2].map((index) => ((Number(bytes[index]) << 8) | Number(bytes[index + 1])).toString(16)).join(':'),
  );
  const [head = [], tail = []] = hexadecimal.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const missing = hexadecimal.includes('::') ? 8 - head.length - tail.length : 0;
  return [...head, ...Array<string>(missing).fill('0'), ...tail].map((group) => parseInt(group, 16));
}
