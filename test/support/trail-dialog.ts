/**
 * A dialog that shows every answer that it took, in their order, so that a lost or a doubled one can be seen: `2 ax` after the
 * answers `a` and `x`. The answer `b` runs an action, `s` a slow one, `q` ends.
 */
export const trail = `
dialog: trail
start: begin
steps:
  begin: { set: { trail: "-", n: 0 }, go: question }
  question:
    ask: "{{ n }} {{ trail }}"
    save: last
    go: note
  note: { set: { trail: "{{ trail }}{{ last }}", n: "{{ n | plus: 1 }}" }, go: next }
  next:
    choose:
      - { when: 'last == "b"', go: buy }
      - { when: 'last == "s"', go: buySlowly }
      - { when: 'last == "q"', go: close }
      - { go: question }
  buy:
    call: shop.buy
    with: { item: "{{ n }}" }
    save: bought
    go: { ok: question, error: sorry, timeout: sorry }
  buySlowly:
    call: shop.buy
    with: { item: "{{ n }}", waitMs: 600 }
    save: bought
    go: { ok: question, error: sorry, timeout: sorry }
  close: { end: "end of {{ trail }}" }
  sorry: { end: sorry }
`;

/** What the dialog must show after these answers, whoever walked there and how often. */
export function trailAfter(answers: readonly string[]): string {
  const shown = answers.join('');
  return answers.at(-1) === 'q' ? `end of -${shown}` : `${String(answers.length)} -${shown}`;
}
