/** What an admin key may do, scope by scope. */
export const scopes = {
  'reports:read': 'read call reports',
  'reports:review': 'review call reports',
  'pii:read': 'see numbers, payloads and external ids in full',
  'messages:read': 'read messages and delivery events',
  'messages:send': 'send messages; opt-outs',
  'calls:start': 'start calls',
  'sessions:read': 'read sessions, turns and session reports',
  'sessions:end': 'end sessions',
  'dialogs:read': 'read dialogs and their funnels',
  'inbox:read': 'read the inbox',
  'inbox:replay': 'replay the inbox',
  'outbox:manage': 'read the outbox and redrive it',
  'forwards:manage': 'read, redrive, enable and disable forwards',
  'privacy:erase': 'erase a person',
  'keys:manage': 'make and revoke keys',
  'audit:read': 'read the audit log',
} as const;

export type Scope = keyof typeof scopes;

export const allScopes = Object.keys(scopes) as readonly Scope[];

export function isScope(word: string): word is Scope {
  return Object.hasOwn(scopes, word);
}
