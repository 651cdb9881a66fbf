import { randomUUID } from 'node:crypto';
import type { WireCaller, WireRequest } from '../wires/index.js';

/** Builds a provider's request for a message that a person sends. */
export type MessageWire = (text: string) => WireRequest;

const makers: Readonly<Record<string, (caller: WireCaller) => MessageWire>> = {
  africastalking: (caller) => (text) => africasTalkingMessage(caller, text),
};

/** Undefined for a provider that cannot be played. */
export function messageWireOf(provider: string, caller: WireCaller): MessageWire | undefined {
  return Object.hasOwn(makers, provider) ? makers[provider]?.(caller) : undefined;
}

function africasTalkingMessage({ msisdn, network, to }: WireCaller, text: string): WireRequest {
  const form = new URLSearchParams({
    ...{ date: new Date().toISOString().slice(0, 19).replace('T', ' '), from: msisdn, to, text },
    ...{ id: randomUUID(), linkId: '' },
    ...(network === undefined ? {} : { networkCode: network }),
  });
  return { contentType: 'application/x-www-form-urlencoded', headers: {}, body: form.toString() };
}
