export { BotWebhookModule } from './bot-webhook.module.js';
export { BotHandler } from './bot.handler.js';
export { toTurn } from './bot-turn.js';
