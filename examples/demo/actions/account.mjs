const demoPin = '1234';

/**
 * The balance of a member: `ok` with { balance, member }, `wrongPin`, or `noAccount` where there is no number to look up.
 * Every number has an account here, with the PIN 1234; balance and member number are made from its last digits.
 */
export default {
  name: 'account.balance',
  input: {
    type: 'object',
    properties: { msisdn: { type: 'string' }, pin: { type: 'string' } },
    required: ['msisdn', 'pin'],
    additionalProperties: false,
  },
  outcomes: ['ok', 'wrongPin', 'noAccount'],
  run({ input }) {
    const number = input.msisdn.replace(/\D/g, '');
    if (number.length < 7) return { outcome: 'noAccount' };
    if (input.pin !== demoPin) return { outcome: 'wrongPin' };
    const last = number.slice(-4);
    return { outcome: 'ok', value: { balance: 500 + Number(last) / 4, member: `M-${last}` } };
  },
};
