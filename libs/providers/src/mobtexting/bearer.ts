import { isAcceptedToken } from '@app/provider-kit';
import type { SignatureContract } from '@app/provider-kit';

/**
 * `Authorization: Bearer <secret>`, the secret of the registered webhook; an account without secrets asks for none. It says
 * nothing about the body. https://github.com/mobtexting/docs, v2/webhook
 */
export const mobtextingBearer: SignatureContract = {
  signs: ({ secrets }) => secrets.some((secret) => secret.trim() !== ''),
  verify: ({ headers }, { secrets }) => isAcceptedToken(tokenIn(headers.authorization), secrets),
};

function tokenIn(authorization = ''): string | undefined {
  return /^bearer +(.+)$/i.exec(authorization.trim())?.[1];
}
