import ipaddr from 'ipaddr.js';
import type { OutboundFault } from './outbound-error.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
// Azure's metadata and agent service stands on an address that no registry marks as special.
const publicMetadata = new Set(['168.63.129.16']);

/** @throws RangeError naming every entry that is neither an address nor a CIDR. */
export function parseNetworks(entries: readonly string[]): readonly Network[] {
  const bad = entries.filter((entry) => !ipaddr.isValidCIDR(entry) && !ipaddr.isValid(entry));
  if (bad.length > 0) throw new RangeError(`not an address or a network: ${bad.join(', ')}`);
  return entries.map((entry) => {
    if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
    const address = ipaddr.process(entry);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  });
}

/**
 * Decides which addresses may be connected to. Public ones only, unless they lie in `allowPrivate`, where every port is
 * open as well. Everything that a registry marks as special counts as private: loopback, private and unique-local, link-local
 * with the metadata services of clouds, carrier-grade NAT, multicast, documentation, and the IPv6 forms that carry an
 * IPv4 address (NAT64, 6to4, Teredo). IPv4 written as `::ffff:a.b.c.d` is judged as IPv4.
 */
export class NetworkGuard {
  readonly #allowed: readonly Network[];

  /** @throws RangeError when an entry is neither an address nor a CIDR. */
  constructor(allowPrivate: readonly string[]) {
    this.#allowed = parseNetworks(allowPrivate);
  }

  /** Undefined: may be connected to. `webPort` tells whether the port is one that is open for public addresses. */
  fault(literal: string, webPort: boolean): OutboundFault | undefined {
    if (!ipaddr.isValid(literal)) return 'connection-failed';
    const address = ipaddr.process(literal);
    if (this.#allowed.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))) {
      return undefined;
    }
    if (!isPublic(address)) return 'refused-private-network';
    return webPort ? undefined : 'refused-port';
  }
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || publicMetadata.has(address.toString())) return false;
  // ipaddr.js calls all that it has no name for unicast, `::127.0.0.1` among them.
  return address.kind() === 'ipv4' || address.match(globalUnicast);
}
