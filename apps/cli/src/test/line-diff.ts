/**
 * What makes one text of the other, line by line: `- ` was expected, `+ ` came instead, two blanks are in both. Texts
 * are screens, so the table of their common lines stays small.
 */
export function lineDiff(expected: string, came: string): readonly string[] {
  const [before, after] = [expected.split('\n'), came.split('\n')];
  const common = commonLines(before, after);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push(`  ${before[i] ?? ''}`);
      i++;
      j++;
    } else if (j >= after.length || (i < before.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push(`- ${before[i++] ?? ''}`);
    } else lines.push(`+ ${after[j++] ?? ''}`);
  }
  return lines;
}

/** How many lines the rests of both from there on have in common. */
function commonLines(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = table[i];
      if (row === undefined) continue;
      row[j] =
        before[i] === after[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function at(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}
