import type { Account, AccountBook } from '@app/provider-kit';
import { badRequest } from '../problems/problem.js';

/**
 * The account that a body or a query names: `demo` where one provider alone has a `demo`, `africastalking/demo`, or with
 * the provider in a field of its own.
 * @throws Problem 400
 */
export function accountIn(
  { accounts }: AccountBook,
  { provider, account }: { readonly provider?: string | undefined; readonly account: string },
): Account {
  const [first = '', second] = account.split('/');
  const [itsProvider, name] = second === undefined ? [provider, account] : [first, second];
  const found = accounts.filter(
    (each) => each.account === name && (itsProvider === undefined || each.provider === itsProvider),
  );
  const [only, another] = found;
  if (only === undefined || (provider !== undefined && provider !== only.provider)) {
    throw badRequest({ field: 'account', message: 'there is no such account' });
  }
  if (another !== undefined) throw badRequest({ field: 'provider', message: 'several providers have such an account' });
  return only;
}
