import { Redis, type Cluster } from 'ioredis';

/**
 * Makes the commands of one round of the event loop leave in one write. This does what ioredis's own auto-pipelining
 * is for with less work per command, starts a command's time limit when the command is given and not when the
 * pipeline before it was answered, and in a cluster leaves each command to follow its own MOVED or ASK, where a
 * pipeline with mixed results hands these errors to the caller.
 */
export function batchWrites(client: Redis | Cluster): void {
  if (client instanceof Redis) {
    client.on('connect', () => {
      joinEachRound(client.stream);
    });
  } else {
    client.on('+node', batchWrites);
  }
}

function joinEachRound(stream: Redis['stream']): void {
  const write = stream.write.bind(stream);
  let waiting = '';
  const flush = (): void => {
    const text = waiting;
    waiting = '';
    if (text !== '' && stream.writable) write(text);
  };
  Object.assign(stream, {
    write: (...data: Parameters<typeof write>): boolean => {
      const [command] = data;
      if (typeof command !== 'string' || data.length > 1) {
        flush();
        return write(...data);
      }
      if (waiting === '') setImmediate(flush);
      waiting += command;
      return true;
    },
  });
}
