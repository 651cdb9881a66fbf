import { createHmac, timingSafeEqual } from 'node:crypto';

/** A signature that is the hex HMAC of the raw body behind a fixed prefix, such as `sha1=`. */
export interface HmacScheme {
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  /** Compared exactly, letter case included. */
  readonly prefix: string;
}

/** The signature of a body, in lower-case hex behind the scheme's prefix. */
export function sign(scheme: HmacScheme, rawBody: Uint8Array, secret: string): string {
  return scheme.prefix + createHmac(scheme.algorithm, secret).update(rawBody).digest('hex');
}

/**
 * Whether a signature was made over these bytes with any of the secrets. Hex digits may be of either letter case; the
 * prefix, the length and everything else must be exact. Empty secrets match nothing. Takes the same time for every
 * wrong signature of the right shape, and tries every secret also after a match.
 */
export function isSignedBy(
  scheme: HmacScheme,
  signature: string | undefined,
  rawBody: Uint8Array,
  secrets: readonly string[],
): boolean {
  const given = signature === undefined ? undefined : digestOf(scheme, signature);
  let matches = false;
  for (const secret of secrets) {
    if (given === undefined || isBlank(secret)) continue;
    const expected = createHmac(scheme.algorithm, secret).update(rawBody).digest();
    const same = expected.length === given.length && timingSafeEqual(expected, given);
    matches = same || matches;
  }
  return matches;
}

/** Tokens are compared as so many bytes, filled up with zeros; longer ones match nothing. */
const tokenBytes = 512;
const presented = Buffer.alloc(tokenBytes);
const known = new WeakMap<readonly string[], readonly Buffer[]>();

/**
 * Whether a token is one of those accepted, in a time that does not depend on what they have in common. Empty tokens match
 * nothing, on either side.
 * @param accepted must not change: its bytes are kept
 */
export function isAcceptedToken(given: string | undefined, accepted: readonly string[]): boolean {
  if (given === undefined || isBlank(given) || Buffer.byteLength(given) > tokenBytes) return false;
  presented.fill(0);
  presented.write(given);
  let matches = false;
  for (const [i, bytes] of bytesOf(accepted).entries()) {
    const same = timingSafeEqual(bytes, presented) && accepted[i]?.length === given.length;
    matches = same || matches;
  }
  return matches;
}

function digestOf(scheme: HmacScheme, signature: string): Buffer | undefined {
  if (!signature.startsWith(scheme.prefix)) return undefined;
  const hex = signature.slice(scheme.prefix.length);
  return /^(?:[0-9a-f]{2})+$/i.test(hex) ? Buffer.from(hex, 'hex') : undefined;
}

/** What is blank or too long never equals what was presented, as the lengths differ. */
function bytesOf(tokens: readonly string[]): readonly Buffer[] {
  let bytes = known.get(tokens);
  if (bytes === undefined) {
    bytes = tokens.map((token) => {
      const filled = Buffer.alloc(tokenBytes);
      filled.write(token);
      return filled;
    });
    known.set(tokens, bytes);
  }
  return bytes;
}

function isBlank(secret: string): boolean {
  return secret.trim() === '';
}
