// The least that any USSD server on Node does: read the form, one GET, one SET EX, answer.
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { parse } from 'node:querystring';

const redis = new Redis(process.env.REDIS_URL, { enableAutoPipelining: true });
const app = Fastify({ logger: false });

app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
  done(null, parse(body));
});

app.post('/ussd', async (request, reply) => {
  const { sessionId, phoneNumber, text } = request.body;
  const key = `bare:${sessionId}`;
  const stored = await redis.get(key);
  const session = stored === null ? { phoneNumber, turns: 0 } : JSON.parse(stored);
  session.turns += 1;
  session.text = text;
  await redis.set(key, JSON.stringify(session), 'EX', 180);
  reply.type('text/plain; charset=utf-8');
  return `CON Welcome to Shamba\n1. Sell a harvest\n2. Crop prices`;
});

await app.listen({ port: 0, host: '127.0.0.1' });
console.log(JSON.stringify({ url: `http://127.0.0.1:${app.server.address().port}` }));
