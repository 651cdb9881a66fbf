import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from '../program.js';

const configuration = `
accounts:
  - provider: africastalking
    account: a
    country: KE
    credentials: { username: me, apiKey: none }
    webhookKeys: [a-key-of-the-tests]
    sms: { '44170': { price: price, default: office }, '44171': { price: price } }
    voice: { '+254711000001': office }
`;

const office = `
dialog: office
start: greeting
steps:
  greeting: { play: 'https://audio.example/welcome.mp3', go: home }
  home:
    menu: The office
    options: [{ label: Speak to us, go: desk }, { label: Leave a message, go: message }, { label: The way, go: way }]
  desk: { transfer: '+254711082000', otherwise: busy }
  busy: { say: Nobody is free., go: home }
  message: { record: Please speak., maxSeconds: 60, save: message, go: thanks, otherwise: write }
  thanks: { end: 'Kept: {{ message }}' }
  write: { end: Please write to 44170. }
  way: { sms: Opposite the post office., go: sent }
  sent: { end: The way comes as a message. }
`;

const price = `
dialog: price
start: which
steps:
  which: { ask: Which crop?, save: crop, go: much }
  much: { ask: How many kg?, type: integer, max: 100, save: kg, go: show }
  show: { end: '{{ kg }} kg of {{ crop }}' }
`;

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'ongea-play-')));
  await mkdir(path.join(folder, 'dialogs'));
  await writeFile(path.join(folder, 'ongea.yaml'), configuration);
  await writeFile(path.join(folder, 'dialogs/office.dialog.yaml'), office);
  await writeFile(path.join(folder, 'dialogs/price.dialog.yaml'), price);
});
afterEach(() => rm(folder, { recursive: true }));

/** Plays the lines from a pipe; what was shown, line by line. */
async function play(words: readonly string[], lines: readonly string[]): Promise<readonly string[]> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(lines.map((line) => `${line}\n`).join(''));
  const code = await run(['play', ...words], { stdin, stdout, stderr, env: { ONGEA_CONFIG: `${folder}/ongea.yaml` } });
  const failed = String(stderr.read() ?? '');
  if (code !== 0 || failed !== '') return [`${code}`, failed.trimEnd()];
  return String(stdout.read() ?? '')
    .trimEnd()
    .split('\n');
}

const menu = ['The office', '1. Speak to us', '2. Leave a message', '3. The way'];

describe('ongea play --channel sms', () => {
  it('shows each reply with what it takes, and what the dialog sends besides', async () => {
    expect(await play(['--channel', 'sms'], ['hi', '3'])).toEqual([
      ...['> hi', ...menu, '[1 segment, GSM-7, 55/160]'],
      '> 3',
      'SMS to +254700000201: Opposite the post office. [1 segment, GSM-7, 25/160]',
      ...['The way comes as a message.', '[1 segment, GSM-7, 27/160]'],
    ]);
  });

  it('knows the keywords of the address', async () => {
    const asked = ['How many kg?', '[1 segment, GSM-7, 12/160]'];
    expect(await play(['--channel', 'sms'], ['Price, maize', '7'])).toEqual([
      ...['> Price, maize', ...asked, '> 7', '7 kg of maize', '[1 segment, GSM-7, 13/160]'],
    ]);
    expect(await play(['--channel', 'sms', '--to', '44171'], ['hello', 'price beans'])).toEqual([
      ...['> hello', '(Nothing is sent.)', '> price beans', ...asked],
    ]);
  });

  it('keeps the keywords where another dialog is played', async () => {
    const shown = await play(['price', '--channel', 'sms', '--to', '44171'], ['hello']);
    expect(shown).toEqual(['> hello', 'Which crop?', '[1 segment, GSM-7, 11/160]']);
  });

  it('sends nothing to whoever wrote STOP, until START', async () => {
    const silence = '(Nothing is sent: this number has opted out of 44170. START opts in again.)';
    const shown = await play(['--channel', 'sms'], ['hi', 'Stop it!', '1', 'START', 'help']);
    const again = [...menu, '[1 segment, GSM-7, 55/160]'];
    expect(shown.slice(again.length + 1)).toEqual([
      ...['> Stop it!', silence, '> 1', silence, '> START', ...again, '> help', ...again],
    ]);
  });

  it('delivers a message once more without effect', async () => {
    const shown = await play(['--channel', 'sms'], ['price', 'x', ':r', ':q', 'y']);
    expect(shown.slice(3)).toEqual([
      ...['> x', 'How many kg?', '[1 segment, GSM-7, 12/160]'],
      ...['> :r', '(This message came before: it has no second effect.)', '> :q'],
    ]);
  });

  it('says whose messages it cannot play', async () => {
    expect(await play(['office', '--channel', 'sms', '--provider', 'mobtexting'], [])).toEqual([
      ...['2', 'ongea: MOBtexting cannot be played on sms yet.'],
    ]);
  });
});

describe('ongea play --channel voice', () => {
  const heard = [
    'Say: The office',
    '     For Speak to us, press 1.',
    '     For Leave a message, press 2.',
    '     For The way, press 3.',
    '(keys, 1 digit)',
  ];
  const opening = ['Play: https://audio.example/welcome.mp3', ...heard];
  const over = '(the call is over)';

  it('reads documents as a caller hears them, and follows silence', async () => {
    expect(await play(['--channel', 'voice'], ['', '39', 'x'])).toEqual([
      ...opening,
      ...['> ', 'Say: I did not hear anything.', `     ${heard[0]?.slice(5) ?? ''}`, ...heard.slice(1)],
      ...['> 39', 'SMS to +254700000201: Opposite the post office. [1 segment, GSM-7, 25/160]'],
      ...['Say: The way comes as a message.', over],
      ...['> x', 'The session is over. Enter dials again, :q leaves.'],
    ]);
  });

  it('takes keys up to #, and only keys', async () => {
    const shown = await play(['price', '--channel', 'voice'], ['rec', 'seven', '12#', ':q', ':q']);
    expect(shown).toEqual([
      ...['Say: Which crop?', '(recording: rec speaks)'],
      ...['> rec', 'Say: How many kg?', '(keys, then #)'],
      ...['> seven', '(0 to 9, * and # can be pressed; an empty line is silence)'],
      ...['> 12#', 'Say: 12 kg of https://voice.example/recordings/1.mp3', over, '> :q'],
    ]);
  });

  it('records, or goes on where nobody speaks', async () => {
    const ask = ['Say: Please speak.', '(recording, 60 s at most: rec speaks)'];
    expect((await play(['--channel', 'voice'], ['2', 'rec'])).slice(opening.length)).toEqual([
      ...['> 2', ...ask, '> rec', 'Say: Kept: https://voice.example/recordings/1.mp3', over],
    ]);
    const silent = await play(['--channel', 'voice'], ['2', '', '', '']);
    expect(silent.slice(-3)).toEqual(['> ', 'Say: Please write to 44170.', over]);
  });

  it('asks whether a transfer is picked up', async () => {
    const ring = ['> 1', 'Dial: +254711082000, (p)icked up / (n)ot'];
    expect((await play(['--channel', 'voice'], ['1', 'p'])).slice(opening.length)).toEqual([...ring, '> p', over]);
    const missed = await play(['--channel', 'voice'], ['1', 'n']);
    expect(missed.slice(opening.length)).toEqual([
      ...[...ring, '> n', 'Say: Nobody is free.', `     ${heard[0]?.slice(5) ?? ''}`, ...heard.slice(1)],
    ]);
  });

  it('hears the same again, and dials anew', async () => {
    const shown = await play(['--channel', 'voice'], ['2', ':r', ':d']);
    expect(shown.filter((line) => line === 'Say: Please speak.')).toHaveLength(2);
    expect(shown.slice(-opening.length)).toEqual(opening);
  });

  it('knows the dialogs of numbers, however they are written', async () => {
    expect(await play(['--channel', 'voice', '--to', '0711 000 001'], [])).toEqual(opening);
    expect(await play(['--channel', 'voice', '--to', '+254711000002'], [])).toEqual([
      ...['2', 'ongea: Name the dialog to play: office, price.'],
    ]);
  });
});
