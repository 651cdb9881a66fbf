import type { KeptInboxRecord } from '@app/reporting';
import { onlyPersonal, shownText, shownTime, type View } from '../personal/masking.js';

/** A record of the inbox as the API gives it. */
export function shownInboxRecord(record: KeptInboxRecord, view: View): object {
  const { id, route, provider, account, state, reason, receivedAt, contentType, bytes } = record;
  return {
    ...{ id, route: shownText(route, view), provider, account, state, reason },
    receivedAt: shownTime(receivedAt),
    contentType: contentType ?? null,
    bytes,
    ...onlyPersonal(view, shownBody(record)),
  };
}

interface ShownBody {
  readonly body: string;
  readonly bodyEncoding: 'text' | 'base64';
}

function shownBody({ body, bytes }: KeptInboxRecord): ShownBody {
  const text = textOf(body, body.byteLength < bytes);
  if (text !== undefined) return { body: text, bodyEncoding: 'text' };
  return { body: Buffer.from(body).toString('base64'), bodyEncoding: 'base64' };
}

/** Undefined where the bytes are no printable UTF-8. */
function textOf(body: Uint8Array, isCut: boolean): string | undefined {
  try {
    // What was cut within a character is printable all the same.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body, { stream: isCut });
    return /[^\P{Cc}\t\r\n]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
