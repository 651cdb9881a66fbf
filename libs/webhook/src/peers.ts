import { AddressRanges } from '@app/provider-kit';

/** Finds out who really calls us, where proxies of our own stand in between. */
export class Peers {
  private readonly proxies: AddressRanges;

  /** @param trustedProxies addresses and CIDR ranges whose `X-Forwarded-For` is believed. */
  constructor(trustedProxies: readonly string[]) {
    this.proxies = new AddressRanges(trustedProxies);
  }

  /**
   * The last address on the way to us that is none of our proxies. Every proxy appends the address that it saw, so only
   * what trusted ones wrote counts, read from the right; all before that may be invented by the caller.
   */
  peerOf(remoteAddress: string | undefined, forwardedFor: string | undefined): string | undefined {
    let peer = remoteAddress;
    const hops = forwardedFor?.split(',') ?? [];
    while (peer !== undefined && hops.length > 0 && this.proxies.contain(peer)) peer = withoutPort(hops.pop() ?? '');
    return peer;
  }
}

/** Some proxies write `192.0.2.1:49152` or `[2001:db8::1]:443`. */
function withoutPort(hop: string): string {
  const text = hop.trim();
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  return /^[\d.]+:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text;
}
