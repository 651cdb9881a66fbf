import { isSignedBy } from '@app/provider-kit';
import type { SignatureContract } from '@app/provider-kit';

/**
 * `X-Hub-Signature: sha1=<hex>`, the HMAC-SHA1 of the raw body. Haptik signs only where the node has a secret; an
 * account that has none asks for no signature.
 */
export const haptikSignature: SignatureContract = {
  signs: (account) => account.secrets.some((secret) => secret.trim() !== ''),
  verify: ({ headers, rawBody }, account) =>
    isSignedBy({ algorithm: 'sha1', prefix: 'sha1=' }, headers['x-hub-signature'], rawBody, account.secrets),
};
