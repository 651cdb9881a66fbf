import type { Account, ProviderRegistry, Sending as SendingKind } from '@app/provider-kit';
import { parseMsisdn, type Msisdn } from '@app/telephony';
import { badRequest, Problem, type FieldProblem } from '../problems/problem.js';

/**
 * Checks that an account can send something of this kind at all.
 * @throws Problem 400
 */
export function requireSender(
  providers: ProviderRegistry,
  { provider, account }: Account,
  kind: SendingKind['kind'],
): void {
  if (providers.find(provider)?.send?.kinds.has(kind) === true) return;
  const what = kind === 'message' ? 'messages' : 'calls';
  throw badRequest({ field: 'account', message: `${provider}/${account} cannot send ${what}` });
}

/**
 * Numbers as people write them.
 * @param country for numbers without a country code
 * @throws Problem 400 that names each one that is none
 */
export function numbersIn(field: string, texts: readonly string[], country: string | undefined): readonly Msisdn[] {
  const numbers: Msisdn[] = [];
  const faults: FieldProblem[] = [];
  for (const [i, text] of texts.entries()) {
    const number = parseMsisdn(text, country);
    if (number === undefined)
      faults.push({ field: `${field}.${String(i)}`, message: `"${text.slice(0, 40)}" is no number` });
    else numbers.push(number);
  }
  if (faults.length === 0) return numbers;
  const detail = `${field}: ${String(faults.length)} of ${String(texts.length)} are no numbers; errors names each`;
  throw new Problem(400, detail, { fields: faults });
}
