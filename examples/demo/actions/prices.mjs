// What a farmer gets for a kilogram, in KES. Invented figures: a real service would ask a market information system.
const prices = new Map([
  ['maize', { amount: 42.5, market: 'Nakuru' }],
  ['beans', { amount: 118, market: 'Kitale' }],
  ['sorghum', { amount: 51.25, market: 'Kisumu' }],
  ['potatoes', { amount: 36, market: 'Nakuru' }],
  ['tomatoes', { amount: 64.8, market: 'Nairobi' }],
]);

/** Today's price of a crop: `ok` with { crop, amount, unit, market }, or `notFound`. */
export default {
  name: 'prices.lookup',
  input: {
    type: 'object',
    properties: { crop: { type: 'string', maxLength: 40 } },
    required: ['crop'],
    additionalProperties: false,
  },
  outcomes: ['ok', 'notFound'],
  run({ input }) {
    const crop = input.crop.trim().toLowerCase();
    const price = prices.get(crop);
    if (price === undefined) return { outcome: 'notFound' };
    return { outcome: 'ok', value: { crop, amount: price.amount, unit: 'kg', market: price.market } };
  },
};
