import { Webhook } from 'standardwebhooks';

/** What signs a request after Standard Webhooks: the body is signed as it is sent, in UTF-8. */
export type Signer = (id: string, at: Date, body: string) => string;

/**
 * @param secret `whsec_` and base64, or any other text, whose bytes are the key
 * @throws Error where the secret is empty or no base64
 */
export function signerOf(secret: string): Signer {
  const webhook = secret.startsWith('whsec_')
    ? new Webhook(secret)
    : new Webhook(new TextEncoder().encode(secret), { format: 'raw' });
  return (id, at, body) => webhook.sign(id, at, body);
}
