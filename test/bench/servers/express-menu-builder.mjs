// The conversation of `order.dialog.yaml` as its users build it with Express and ussd-menu-builder. One menu for all
// callers mixes up their replies, so each request makes its own; what was typed is kept in Redis.
import express from 'express';
import { Redis } from 'ioredis';
import UssdMenu from 'ussd-menu-builder';

const redis = new Redis(process.env.REDIS_URL, { enableAutoPipelining: true });

/** One GET a request, and one SET EX for each that has something to keep. */
function redisSession() {
  let values = {};
  return {
    start: async (id) => {
      values = JSON.parse((await redis.get(`menu:${id}`)) ?? '{}');
    },
    get: async (_id, name) => values[name],
    set: async (id, name, value) => {
      values[name] = value;
      await redis.set(`menu:${id}`, JSON.stringify(values), 'EX', 180);
    },
    end: async (id) => {
      await redis.del(`menu:${id}`);
    },
  };
}

function orderMenu() {
  const menu = new UssdMenu();
  menu.sessionConfig(redisSession());
  menu.startState({
    run: () => menu.con('Welcome to Shamba\n1. Sell a harvest\n2. Crop prices'),
    next: { 1: 'name', 2: 'prices' },
  });
  menu.state('name', {
    run: () => menu.con('What is your name?'),
    next: { '*^.{1,160}$': 'quantity' },
  });
  menu.state('quantity', {
    run: async () => {
      await menu.session.set('name', menu.val);
      menu.con(`How many kg do you have, ${menu.val}?`);
    },
    next: { '*^[0-9]+$': 'total' },
  });
  menu.state('total', {
    run: async () => {
      const quantity = Number(menu.val);
      if (quantity < 1 || quantity > 10_000) return menu.con('That does not look right.');
      const name = await menu.session.get('name');
      const where = quantity >= 1000 ? 'A buyer comes for your' : 'Bring your';
      return menu.end(`Thank you, ${name}. ${where} ${quantity} kg${quantity >= 1000 ? '.' : ' to the market.'}`);
    },
  });
  menu.state('prices', { run: () => menu.end('Maize is KES 52.00 per kg today.') });
  return menu;
}

const app = express();
app.use(express.urlencoded({ extended: false }));
app.post('/ussd', (request, response) => {
  orderMenu().run(request.body, (screen) => response.type('text/plain').send(screen));
});

const server = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` }));
});
