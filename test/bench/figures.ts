/** One figure of a bench against what is asked of it. */
export interface Figure {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly must: number;
  readonly aim: number;
  /** Larger is better; else smaller. */
  readonly atLeast?: boolean;
  readonly measured: number;
  /** Of the rounds that `measured` is the median of. */
  readonly lowest: number;
  readonly highest: number;
}

/** Of several rounds. */
export function figureOf(
  head: Pick<Figure, 'id' | 'what' | 'unit' | 'must' | 'aim' | 'atLeast'>,
  rounds: readonly number[],
): Figure {
  return { ...head, measured: median(rounds), lowest: Math.min(...rounds), highest: Math.max(...rounds) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Figures as a table for people. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [
    ['', 'Figure', 'must', 'aim', 'measured', 'rounds', ''],
    ...figures.map((figure) => [
      figure.id,
      figure.what,
      `${signOf(figure)} ${shown(figure.must, figure.unit)}`,
      `${signOf(figure)} ${shown(figure.aim, figure.unit)}`,
      shown(figure.measured, figure.unit),
      figure.lowest === figure.highest ? '' : `${digits(figure.lowest)}–${digits(figure.highest)}`,
      verdictOf(figure),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Figures for programs. */
export function jsonOf(figures: readonly Figure[]): string {
  return JSON.stringify(
    figures.map((figure) => ({ ...figure, verdict: verdictOf(figure) })),
    undefined,
    2,
  );
}

function signOf({ atLeast = false }: Figure): '≥' | '≤' {
  return atLeast ? '≥' : '≤';
}

function verdictOf({ measured, must, aim, atLeast = false }: Figure): 'aim' | 'pass' | 'fail' {
  // Judged as it is shown.
  const rounded = Number(digits(measured));
  const reaches = (limit: number): boolean => (atLeast ? rounded >= limit : rounded <= limit);
  return reaches(aim) ? 'aim' : reaches(must) ? 'pass' : 'fail';
}

function shown(value: number, unit: string): string {
  return `${digits(value)} ${unit}`.trim();
}

function digits(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
