/** Whether every test runs at the full size of its scenario: `npm run test:faults`. */
export const isFull = process.env.ONGEA_TEST_FULL === '1';

/** How often a test repeats itself: the first figure in `npm test`, the second at full size. */
export function size(reduced: number, full: number): number {
  return isFull ? full : reduced;
}
