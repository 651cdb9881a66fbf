import { redactText, type Account } from '@app/provider-kit';
import { splitsPair } from '@app/telephony';

const maxLength = 500;
// Shorter ones are no secrets, and would turn ordinary words into dots.
const shortestSecret = 4;

/** Whose secrets an answer may repeat: an account, or what else is known to its receiver. */
export type SecretHolder = Pick<Account, 'credentials' | 'webhookKeys' | 'secrets'>;

/** What a provider said, as it may be kept and logged: without the holder's secrets and full numbers, at most 500 characters. */
export function cleanDetail(text: string, holder: SecretHolder): string {
  const bare = secretsOf(holder).reduce((rest, secret) => rest.replaceAll(secret, '•••'), text);
  const clean = redactText(bare.replace(/\s+/g, ' ').trim());
  if (clean.length <= maxLength) return clean;
  const end = splitsPair(clean, maxLength - 1) ? maxLength - 2 : maxLength - 1;
  return `${clean.slice(0, end)}…`;
}

function secretsOf({ credentials, webhookKeys, secrets }: SecretHolder): readonly string[] {
  const plain = [...Object.values(credentials), ...webhookKeys, ...secrets].filter(
    (secret) => secret.length >= shortestSecret,
  );
  const written = plain.flatMap((secret) => [secret, encodeURIComponent(secret), base64(secret)]);
  // The longest first: one may be a part of another.
  return [...new Set(written)].sort((one, other) => other.length - one.length);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
