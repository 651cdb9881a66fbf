import { Environment } from '@marcbachmann/cel-js';

/**
 * The one CEL environment. CEL keeps whole and decimal numbers apart and throws where they meet; here they mix, and
 * number literals are decimals (see `literalsAsDecimals`), so that 10 / 4 is 2.5 wherever the 10 comes from.
 */
export const conditions = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 250, maxDepth: 24, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 4 },
});

type Mix = (left: number, right: number) => number;

const arithmetic: readonly (readonly [string, Mix])[] = [
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['*', (left, right) => left * right],
  ['/', (left, right) => left / right],
  ['%', (left, right) => left % right],
];

for (const [left, right] of [
  ['double', 'int'],
  ['int', 'double'],
] as const) {
  for (const [sign, mix] of arithmetic) {
    conditions.registerOperator(`${left} ${sign} ${right}`, (a: number | bigint, b: number | bigint) =>
      mix(Number(a), Number(b)),
    );
  }
}
conditions.registerOperator('double % double', (a: number, b: number) => a % b);
conditions.registerOperator('double == int', (a: number, b: bigint) => a === Number(b));
for (const type of ['string', 'double', 'int', 'bool', 'list', 'map']) {
  conditions.registerOperator(`${type} == null`, () => false);
}
