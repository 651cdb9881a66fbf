import { FakeProvider } from '@app/fake-provider';
import { exitCodes, messageOf, Refused } from '../failures.js';
import type { Io } from '../io.js';
import { readOptions, type FakeProviderWords } from './read-options.js';
import { TypedLines } from './typed-lines.js';
import { readTypedMessage } from './typed-message.js';

/**
 * Plays the provider and the phones behind it until it is stopped, and prints what they get; resolves to the exit code.
 * @throws WrongUse; Refused where the port cannot be had.
 */
export async function fakeProvider(io: Io, words: FakeProviderWords): Promise<number> {
  const json = words.json === true;
  const options = readOptions(words);
  const lines = new TypedLines(io, json);
  const tell = (event: string, text: string, more: object = {}): void => {
    lines.print(json ? JSON.stringify({ at: new Date().toISOString(), event, text, ...more }) : text);
  };
  const provider = await started({ ...options, onEvent: (text) => tell('phone', text) });
  tell('listening', greeting(provider.url, words), { url: provider.url });
  await lines.untilStopped((line) => {
    if (line.trim() !== '') void receive(provider, line, tell);
  });
  await provider.stop();
  return exitCodes.well;
}

async function started(options: Parameters<typeof FakeProvider.start>[0]): Promise<FakeProvider> {
  try {
    return await FakeProvider.start(options);
  } catch (error) {
    throw new Refused(`Port ${options?.port ?? 0} cannot be listened on: ${messageOf(error)}`, { cause: error });
  }
}

function greeting(url: string, { webhooks, account, json }: FakeProviderWords): string {
  if (json === true) return `listening on ${url}`;
  return `The fake provider listens on ${url}: name it under "endpoints" of an account, or for the demo
  AT_API_KEY=any AT_ENDPOINT=${url} npm start
Reports, messages and calls go to account "${account}" at ${webhooks}.
A line such as "+254700000202 44170 PRICE maize" sends a message; Ctrl-C stops.`;
}

type Tell = (event: string, text: string, more?: object) => void;

/** A phone sends what was typed; never rejects. */
async function receive(provider: FakeProvider, line: string, tell: Tell): Promise<void> {
  const message = readTypedMessage(line);
  if (message === undefined) {
    tell('unread', 'Write the sender, the address and the text: +254700000202 44170 PRICE maize');
    return;
  }
  const { from, to, text } = message;
  try {
    const status = await provider.receive(from, to, text);
    tell('answered', status === 0 ? '  the webhook cannot be reached' : `  the webhook answered ${status}`, { status });
  } catch (error) {
    tell('answered', `  the webhook could not be called: ${messageOf(error)}`);
  }
}
