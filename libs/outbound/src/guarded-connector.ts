import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { NetworkGuard } from './networks.js';
import { OutboundError } from './outbound-error.js';
import type { OutboundFault } from './outbound-error.js';

/** All addresses of a name. Asked once for every new connection; its answer is both checked and used. */
export type Resolver = (hostname: string) => Promise<readonly string[]>;

/** Asks the system, hosts file included. */
export const systemResolver: Resolver = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

const webPorts = new Set(['', '80', '443', '8080', '8443']);
const connectTimeoutMs = 5_000;

/**
 * Opens connections only to addresses that the guard lets pass. The check sits between name resolution and connect, so
 * a name that changes its address afterwards changes nothing.
 */
export function guardedConnector(guard: NetworkGuard, resolve: Resolver): buildConnector.connector {
  const toWebPort = buildConnector({ timeout: connectTimeoutMs, lookup: guardedLookup(guard, resolve, true) });
  const toOtherPort = buildConnector({ timeout: connectTimeoutMs, lookup: guardedLookup(guard, resolve, false) });
  return (options, callback) => {
    const webPort = webPorts.has(options.port);
    const literal = options.hostname.replace(/^\[|\]$/g, '');
    // Node connects to a literal address without any lookup.
    const fault = isIP(literal) === 0 ? undefined : guard.fault(literal, webPort);
    if (fault !== undefined) {
      callback(new OutboundError(fault, options.host), null);
      return;
    }
    (webPort ? toWebPort : toOtherPort)(options, callback);
  };
}

function guardedLookup(guard: NetworkGuard, resolve: Resolver, webPort: boolean): LookupFunction {
  const passing = async (hostname: string) => {
    const found = await resolve(hostname);
    const faults = new Set<OutboundFault>();
    const addresses = found.filter((address) => {
      const fault = guard.fault(address, webPort);
      if (fault !== undefined) faults.add(fault);
      return fault === undefined;
    });
    const [first] = addresses;
    if (first !== undefined) return { first, addresses };
    const worst = faults.has('refused-private-network') ? 'refused-private-network' : [...faults][0];
    throw new OutboundError(worst ?? 'connection-failed', hostname);
  };
  return (hostname, options, callback) => {
    passing(hostname).then(
      ({ first, addresses }) => {
        if (options.all === true) {
          callback(
            null,
            addresses.map((address) => ({ address, family: isIP(address) })),
          );
        } else {
          callback(null, first, isIP(first));
        }
      },
      (cause: unknown) =>
        callback(
          cause instanceof OutboundError ? cause : new OutboundError('connection-failed', hostname, { cause }),
          '',
        ),
    );
  };
}
