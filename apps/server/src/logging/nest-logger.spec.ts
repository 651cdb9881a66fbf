import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { nestLogger } from './nest-logger.js';

function written(write: (logger: ReturnType<typeof nestLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  const serializers = { err: ({ message }: Error) => ({ message }) };
  write(nestLogger(pino({ serializers }, { write: (line: string) => void lines.push(line) })));
  return JSON.parse(lines.join('')) as Record<string, unknown>;
}

describe('what Nest has to say', () => {
  it('keeps its text and where it comes from', () => {
    expect(written((logger) => logger.warn('Slow', 'Router'))).toMatchObject({ msg: 'Slow', context: 'Router' });
  });

  it('shows the message of an error, and none of its own fields', () => {
    const error = Object.assign(new Error('it broke'), { detail: 'Key (caller)=(+254700000201)' });
    const line = written((logger) => logger.error(error, 'ExceptionsHandler'));
    expect(line).toMatchObject({ err: { message: 'it broke' }, context: 'ExceptionsHandler' });
    expect(JSON.stringify(line)).not.toContain('254700000201');
  });
});
