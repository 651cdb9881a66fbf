import { beforeEach, describe, expect, it } from '@jest/globals';
import { DialogTester, type Phone } from '@app/testing';

const shop = `
dialog: test
languages: [en, sw]
start: home
steps:
  home:
    menu: { en: Welcome, sw: Karibu }
    options:
      - { label: { en: Prices, sw: Bei }, go: crops }
      - { label: Language, go: language }
      - { label: Order, go: name }
  language:
    menu: Which language?
    save: language
    options:
      - { label: English, value: en }
      - { label: Kiswahili, value: sw }
    go: home
  crops:
    menu: Which crop?
    save: crop
    options:
      - { label: Maize, value: maize, also: [corn, mahindi] }
      - { label: "Soya  Beans" }
    go: show
  show: { end: "{{ crop }} it is." }
  name: { ask: Your name?, save: name, go: hello }
  hello: { say: "Hello {{ name }}.", go: age }
  age: { ask: Your age?, type: integer, min: 18, max: 99, save: age, go: split, attempts: 2, otherwise: tooMany }
  tooMany: { end: Ask a friend. }
  split:
    choose:
      - { when: "age >= 65", go: old }
      - { go: young }
  old: { end: "{{ name }} is {{ age }} and old." }
  young: { end: "{{ name }} is {{ age | plus: 1 }} next year." }
`;

describe('a conversation', () => {
  let tester: DialogTester;
  let phone: Phone;
  beforeEach(() => {
    tester = new DialogTester({ test: shop });
    phone = tester.phone();
  });

  async function walk(...answers: string[]): Promise<string> {
    await phone.dial();
    for (const answer of answers) await phone.answer(answer);
    return phone.screen;
  }

  it('shows a menu with numbered options', async () => {
    expect(await walk()).toBe('Welcome\n1. Prices\n2. Language\n3. Order');
    expect(phone.reply?.end).toBe(false);
  });

  it('ends with the last text', async () => {
    expect(await walk('1', '1')).toBe('maize it is.');
    expect(phone.reply).toMatchObject({ end: true, outcome: 'end', failed: false });
  });

  it.each(['1', ' 1 ', 'MAIZE', 'maize', 'Corn', 'mahindi', '١', '१'])(
    'understands %j as the first crop',
    async (answer) => {
      expect(await walk('1', answer)).toBe('maize it is.');
    },
  );

  it('saves the label in the first language where an option has no value, inner blanks as written', async () => {
    expect(await walk('1', 'soya beans')).toBe('Soya  Beans it is.');
  });

  it('understands labels in every language of the dialog', async () => {
    expect(await walk('bei')).toMatch(/^Which crop/);
  });

  it('speaks another language from the next text on', async () => {
    expect(await walk('2', '2')).toBe('Karibu\n1. Bei\n2. Language\n3. Order');
  });

  it('says what is wrong above the same screen, and gives up after three attempts', async () => {
    expect(await walk('7')).toBe('That is not one of the choices.\nWelcome\n1. Prices\n2. Language\n3. Order');
    expect(await walk('7', '', '9')).toBe('Thank you. Goodbye.');
    expect(phone.reply?.end).toBe(true);
  });

  it('lets a text stand above the next screen, once', async () => {
    expect(await walk('3', 'Ann')).toBe('Hello Ann.\nYour age?');
    expect(await walk('3', 'Ann', 'x')).toBe('That does not look right.\nYour age?');
  });

  it('takes the way out after the attempts of a question', async () => {
    expect(await walk('3', 'Ann', 'x', '17')).toBe('Ask a friend.');
  });

  it('chooses by condition, whole and decimal numbers alike', async () => {
    expect(await walk('3', 'Ann', '65')).toBe('Ann is 65 and old.');
    expect(await walk('3', 'Ann', '64')).toBe('Ann is 65 next year.');
  });

  it('goes back to the question before with the variables of then', async () => {
    expect(await walk('3', 'Ann', '0')).toBe('Your name?');
    expect(await walk('3', 'Ann', '0', 'Bea', '70')).toBe('Bea is 70 and old.');
    expect(await walk('1', '0')).toMatch(/^Welcome/);
    expect(await walk('0')).toBe('Welcome\n1. Prices\n2. Language\n3. Order');
  });

  it('counts no attempt for going back on the first screen', async () => {
    expect(await walk('0', '0', '0', '7', '7')).toMatch(/^That is not one of the choices/);
  });

  it('goes home with nothing kept but the language', async () => {
    expect(await walk('2', '2', '3', 'Ann', '00')).toBe('Karibu\n1. Bei\n2. Language\n3. Order');
  });

  it('takes for an answer what a question itself accepts, also if it is a navigation key', async () => {
    expect(await walk('3', '0')).toBe('Hello 0.\nYour age?');
  });

  it('renders a variable that is not there as nothing, and counts it', async () => {
    tester.deploy({ test: 'dialog: test\nstart: a\nsteps: { a: { end: "Hi {{ nobody.name }}!" } }' });
    expect(await walk()).toBe('Hi !');
    expect(tester.missing).toEqual(['test: nobody']);
  });
});

describe('pages', () => {
  const list = Array.from({ length: 30 }, (_, i) => `    - { label: Market number ${i + 1} }`).join('\n');
  const markets = `
dialog: test
start: pick
steps:
  pick:
    menu: Pick a market
    save: market
    options:
${list.replaceAll('    -', '      -')}
    go: done
  done: { end: "${'You will be told the price of the day in your market. '.repeat(5)}Bye." }
`;

  it('turns pages, takes any number of the list on any page, and closes on the last page of an end', async () => {
    const phone = new DialogTester({ test: markets }).phone();
    await phone.dial();
    expect(phone.screen).toMatch(/^Pick a market\n1\. Market number 1\n[^]*\n98\. More$/);
    await phone.answer('98');
    expect(phone.screen).toMatch(/\n98\. More\n0\. Back$/);
    await phone.answer('0');
    expect(phone.screen).toMatch(/^Pick a market/);
    await phone.answer('30');
    expect(phone.reply?.end).toBe(false);
    expect(phone.screen).toMatch(/^You will[^]*\n98\. More$/);
    await phone.answer('98');
    expect(phone.reply?.end).toBe(true);
    expect(phone.screen).toMatch(/Bye\.$/);
  });

  it('shows the first page anew with the complaint above it', async () => {
    const phone = new DialogTester({ test: markets }).phone();
    await phone.dial();
    await phone.answer('98');
    await phone.answer('nowhere');
    expect(phone.screen).toMatch(/^That is not one of the choices\.\nPick a market\n1\. /);
  });
});

describe('steps with effects', () => {
  const prices = `
dialog: test
start: lookup
steps:
  lookup:
    call: prices.lookup
    with: { crop: maize, tries: 3, who: "{{ caller.msisdn }}" }
    save: price
    go: { ok: show, notFound: none, timeout: late }
  show: { end: "{{ price.amount | money }} in {{ price.market }}" }
  none: { end: None. }
  late: { end: Too late. }
`;

  it('runs an action with typed input and goes by its outcome', async () => {
    const tester = new DialogTester({ test: prices });
    tester.effects.on('prices.lookup', () => ({ outcome: 'ok', value: { amount: 42.5, market: 'Nakuru' } }));
    const phone = await tester.phone().dial();
    expect(phone.screen).toBe('42.50 in Nakuru');
    expect(tester.effects.calls).toMatchObject([{ input: { crop: 'maize', tries: 3, who: '+254700000201' } }]);
  });

  it('is unavailable for an outcome that nobody named, and for an action that is not loaded', async () => {
    const tester = new DialogTester({ test: prices });
    expect((await tester.phone().dial()).screen).toMatch(/^The service is not available right now/);
    tester.effects.on('prices.lookup', () => ({ outcome: 'error' }));
    const phone = await tester.phone().dial();
    expect(phone.screen).toMatch(/^The service is not available right now/);
    expect(phone.reply).toMatchObject({ end: true, failed: true });
  });

  it('lists items from data, read against the list that was shown', async () => {
    const tester = new DialogTester({
      test: `
dialog: test
start: load
steps:
  load: { call: list, save: items, go: pick }
  pick: { menu: Which?, optionsFrom: items, save: item, go: done }
  done: { end: "{{ item.id }}{{ item }}" }
`,
    });
    tester.effects.on('list', () => ({
      outcome: 'ok',
      value: ['Red', { label: 'Green', value: 'g' }, { label: 'Blue', id: 7 }],
    }));
    const phone = await tester.phone().dial();
    expect(phone.screen).toBe('Which?\n1. Red\n2. Green\n3. Blue');
    expect((await phone.answer('2')).screen).toBe('g');
    await phone.dial();
    expect((await phone.answer('blue')).screen).toMatch(/^7/);
  });

  it('goes by exact status, then class, then ok or error', async () => {
    const tester = new DialogTester({
      test: `
dialog: test
start: ask
steps:
  ask: { http: "http://api.example/{{ caller.msisdn | url_encode }}", save: answer, go: { "404": none, 2xx: fine, error: sorry } }
  none: { end: None }
  fine: { end: "Fine {{ answer.n }}" }
  sorry: { end: Sorry }
`,
    });
    const phone = tester.phone();
    tester.effects.httpResult = { outcome: '201', value: { n: 5 } };
    expect((await phone.dial()).screen).toBe('Fine 5');
    tester.effects.httpResult = { outcome: '404' };
    expect((await phone.dial()).screen).toBe('None');
    tester.effects.httpResult = { outcome: '500' };
    expect((await phone.dial()).screen).toBe('Sorry');
    expect(tester.effects.requests[0]?.url).toBe('http://api.example/%2B254700000201');
  });

  it('knows no way out of a timeout that the dialog does not name', async () => {
    const tester = new DialogTester({
      test: `
dialog: test
start: ask
steps:
  ask: { http: "http://api.example/", go: { ok: fine, error: sorry } }
  fine: { end: Fine }
  sorry: { end: Sorry }
`,
    });
    tester.effects.httpResult = { outcome: 'timeout' };
    expect((await tester.phone().dial()).reply?.outcome).toBe('unavailable');
    tester.effects.httpResult = { outcome: '302' };
    expect((await tester.phone().dial()).screen).toBe('Sorry');
    tester.effects.httpResult = { outcome: 'error' };
    expect((await tester.phone().dial()).screen).toBe('Sorry');
  });

  it('runs another dialog with variables of its own and comes back', async () => {
    const tester = new DialogTester({
      test: `
dialog: test
start: first
steps:
  first: { set: { colour: red }, go: inner }
  inner: { run: sub, with: { given: "{{ colour }}" }, save: result, go: { done: after, never: after } }
  after: { ask: "{{ colour }} {{ result.name }} {{ name }}|", go: bye }
  bye: { end: Bye }
`,
      sub: `
dialog: sub
start: q
steps:
  q: { ask: "Name for {{ given }}{{ colour }}?", save: name, go: fin }
  fin: { end: "Thanks {{ name }}." }
`,
    });
    const phone = await tester.phone().dial();
    expect(phone.screen).toBe('Name for red?');
    expect((await phone.answer('Ann')).screen).toBe('Thanks Ann.\nred Ann |');
    expect((await phone.answer('')).screen).toBe('That does not look right.\nred Ann |');
    tester.records.length = 0;
  });
});
