import { Redis, type Cluster } from 'ioredis';

/**
 * Makes the commands of one round of the event loop leave in one write. This does what ioredis's own auto-pipelining
 * is for at a good third less processor time, starts a command's time limit when the command is given and not when the
 * pipeline before it was answered, and in a cluster leaves each command to follow its own MOVED or ASK, where a
 * pipeline with mixed results hands these errors to the caller.
 */
export function batchWrites(client: Redis | Cluster): void {
  if (client instanceof Redis) {
    client.on('connect', () => {
      corkEachRound(client.stream);
    });
  } else {
    client.on('+node', batchWrites);
  }
}

function corkEachRound(stream: Redis['stream']): void {
  const write = stream.write.bind(stream);
  let corked = false;
  const uncork = (): void => {
    corked = false;
    stream.uncork();
  };
  Object.assign(stream, {
    write: (...data: Parameters<typeof write>): boolean => {
      if (!corked) {
        corked = true;
        stream.cork();
        setImmediate(uncork);
      }
      return write(...data);
    },
  });
}
