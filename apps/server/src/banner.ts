import type { Account } from '@app/provider-kit';
import type { RunningServer } from './server.js';

/** What a person who has just started the server wants to know, with lines to try that work when pasted. */
export function banner({ url, parts, freshAdminKey, adminKeyInShell }: RunningServer): string {
  const { accounts } = parts.workspace.configuration;
  const lines = ['', `Ongea listens on ${url}`, ''];
  lines.push('  Webhooks');
  for (const account of accounts) for (const path of pathsOf(account)) lines.push(`    POST ${url}${path}`);
  lines.push(
    '',
    `  Health      ${url}/health/ready`,
    `  Metrics     ${url}/metrics`,
    `  API         ${url}/docs (${url}/docs-json)`,
    '',
  );
  const trials = accounts.flatMap((account) => trialOf(account, url));
  if (trials.some((trial) => trial.includes('/call-reports/'))) trials.push(...reviewTrials(url, adminKeyInShell));
  if (trials.length > 0) lines.push('  Try it, in another terminal', ...trials.map((trial) => `    ${trial}`), '');
  lines.push('  Talk to a dialog as a phone would:  npx ongea play', '');
  if (freshAdminKey !== undefined) lines.push(`  Admin key, shown this once: ${freshAdminKey}`, '');
  lines.push('  Ctrl-C stops everything.', '');
  return lines.join('\n');
}

function pathsOf(account: Account): string[] {
  const name = `${account.provider}/${account.account}`;
  return [
    ...(account.ussd === undefined ? [] : [`/ussd/${name}`]),
    ...(account.sms === undefined ? [] : [`/sms/${name}`, `/sms/${name}/delivery`]),
    ...(account.voice === undefined ? [] : [`/voice/${name}`]),
    ...(account.bot === undefined ? [] : [`/bot/${name}`]),
    ...(account.callReports === undefined ? [] : [`/call-reports/${name}`]),
  ];
}

/** The secret of the demo's bot. No other one is written to a terminal or a log. */
const demoSecret = 'test';

/** One request a channel that a terminal can send as it stands; accounts with a guard of their own are left out. */
function trialOf(account: Account, url: string): string[] {
  if (account.webhookKeys.length > 0 || account.allowFrom.length > 0) return [];
  if (account.secrets.some((secret) => secret !== demoSecret)) return [];
  const session = `try-${Math.floor(Date.now() / 1000)}`;
  const code = [...(account.ussd?.keys() ?? [])].find((key) => key !== 'default') ?? '*384*4417#';
  switch (account.provider) {
    case 'africastalking':
      return [...historyTrial(account, url, session, code), ...smsTrial(account, url, session)];
    case 'cradlebots':
      return historyTrial(account, url, session, code);
    case 'kairos': {
      const body = JSON.stringify({ msisdn: '233200000301', sessionId: session, messageType: '0', ussdString: code });
      return account.ussd === undefined
        ? []
        : [`curl ${url}/ussd/kairos/${account.account} -H 'content-type: application/json' -d '${body}'`];
    }
    case 'mobtexting':
      return account.callReports === undefined ? [] : [reportTrial(account, url)];
    case 'haptik':
      return account.bot === undefined ? [] : [haptikTrial(account, url)];
    default:
      return [];
  }
}

function historyTrial({ provider, account, ussd }: Account, url: string, session: string, code: string): string[] {
  if (ussd === undefined) return [];
  const fields = {
    sessionId: session,
    phoneNumber: '+254700000201',
    networkCode: '63902',
    serviceCode: code,
    text: '',
  };
  return [`curl ${url}/ussd/${provider}/${account} ${formArguments(fields)}`];
}

/** A text message; where the account's sends go to the fake provider, the answer is seen to arrive. */
function smsTrial({ provider, account, sms }: Account, url: string, session: string): string[] {
  if (sms === undefined) return [];
  const [address = '44170', routes] = [...sms].find(([key]) => key !== 'default') ?? [];
  const keyword = typeof routes === 'object' ? [...routes.keys()].find((key) => key !== 'default') : undefined;
  const text = keyword === undefined ? 'hello' : `${keyword.toUpperCase()} maize`;
  const fields = { from: '+254700000202', to: address, id: session, text, date: new Date().toISOString() };
  return [`curl ${url}/sms/${provider}/${account} ${formArguments(fields)}`];
}

function reportTrial({ account }: Account, url: string): string {
  const call = { from: '918919520001', to: '918867130001', bridge: '918068280001', status: 'ANSWER' };
  const times = { start_at: '2026-03-04 15:02:10', end_at: '2026-03-04 15:02:24', duration: 21 };
  const body = JSON.stringify({ mid: 'camp-0007', ...call, ...times });
  return `curl ${url}/call-reports/mobtexting/${account} -H 'content-type: application/json' -d '${body}'`;
}

/** Lists the last report, reviews it and exports what was reviewed. */
function reviewTrials(url: string, key: string): string[] {
  const reports = `${url}/admin/v1/call-reports`;
  const authorized = `curl -s -H "authorization: Bearer ${key}"`;
  return [
    `${authorized} '${reports}?limit=1'`,
    `ID=$(${authorized} '${reports}?limit=1' | sed -E 's/.*"items":\\[\\{"id":"([^"]+)".*/\\1/')`,
    `${authorized} -X PATCH ${reports}/$ID/review -H 'content-type: application/json' -d '{"state":"reviewed","note":"called back"}'`,
    `${authorized} '${reports}/export?format=csv&review=reviewed'`,
  ];
}

function formArguments(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `--data-urlencode '${name}=${value}'`)
    .join(' ');
}

function haptikTrial({ account, secrets, bot }: Account, url: string): string {
  const node = [...(bot?.keys() ?? [])].find((key) => key !== 'default') ?? 'price_lookup';
  const crop = [{ detection: 'message', original_text: 'maize', entity_value: 'maize' }];
  const body = JSON.stringify({
    node,
    event: 'API_INTEGRATION',
    user: { user_name: 'try', device_platform: 5 },
    entities: { crop },
  });
  const [secret] = secrets;
  const signature =
    secret === undefined
      ? ''
      : ` -H "X-Hub-Signature: sha1=$(printf %s '${body}' | openssl dgst -sha1 -hmac '${secret}' -r | cut -d' ' -f1)"`;
  return `curl ${url}/bot/haptik/${account} -H 'content-type: application/json'${signature} -d '${body}'`;
}
