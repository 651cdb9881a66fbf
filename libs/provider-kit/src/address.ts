import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

/** What is wrong with the text of an address range, such as `196.201.212.0/22` or a single address; undefined: nothing. */
export function rangeFault(text: string): string | undefined {
  return parseRange(text) === undefined ? `"${text}" is neither an address nor a CIDR range` : undefined;
}

/** Address ranges, read once and then asked for every request. */
export class AddressRanges {
  private readonly ranges: readonly Range[];

  /** Texts that {@link rangeFault} refuses hold no address. */
  constructor(texts: readonly string[]) {
    this.ranges = texts.map(parseRange).filter((range) => range !== undefined);
  }

  /** Whether a peer's address lies in one of the ranges; an IPv4 address may come mapped into IPv6. */
  contain(peer: string): boolean {
    const address = parseAddress(peer);
    if (address === undefined) return false;
    return this.ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
  }
}

function parseRange(text: string): Range | undefined {
  const [network = '', bits, ...rest] = text.trim().split('/');
  const address = parseExactly(network);
  if (address === undefined || rest.length > 0) return undefined;
  const width = address.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return unmapped(address, width);
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > width) return undefined;
  return unmapped(address, Number(bits));
}

/** A range within `::ffff:0:0/96` is the IPv4 range that it maps, since peers are compared unmapped. */
function unmapped(address: Address, bits: number): Range {
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96) {
    return [address.toIPv4Address(), bits - 96];
  }
  return [address, bits];
}

function parseAddress(text: string): Address | undefined {
  const address = parseExactly(text);
  return address === undefined ? undefined : unmapped(address, 128)[0];
}

/** Without the forms `127.1`, `0x7f.1` and `017700000001`, which ipaddr.js reads as well. */
function parseExactly(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return text.includes(':') && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}
