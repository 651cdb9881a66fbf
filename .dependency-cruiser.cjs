// Who may import whom: see "Who may import whom" in docs/architecture.md.
const libs = {
  telephony: [],
  dialog: ['telephony'],
  reporting: ['telephony'],
  'provider-kit': ['telephony', 'dialog', 'reporting'],
  providers: ['provider-kit', 'telephony'],
  webhook: ['provider-kit', 'dialog', 'reporting', 'telephony'],
  ussd: ['webhook', 'provider-kit', 'dialog', 'reporting', 'telephony'],
  voice: ['webhook', 'provider-kit', 'dialog', 'reporting', 'telephony'],
  notices: ['webhook', 'provider-kit', 'dialog', 'reporting', 'telephony'],
  'call-report': ['webhook', 'provider-kit', 'dialog', 'reporting', 'telephony'],
  sms: ['webhook', 'provider-kit', 'dialog', 'reporting', 'telephony'],
  'bot-webhook': ['webhook', 'provider-kit', 'dialog', 'reporting', 'telephony'],
  forwards: ['dialog', 'reporting', 'telephony'],
  settings: ['dialog', 'forwards', 'provider-kit', 'reporting', 'telephony'],
  sessions: ['dialog'],
  postgres: ['dialog', 'reporting', 'telephony'],
  'fake-provider': ['telephony'],
  outbound: ['provider-kit', 'reporting', 'telephony'],
  actions: ['dialog', 'outbound'],
  admin: ['reporting', 'dialog', 'provider-kit', 'telephony'],
  workspace: ['actions', 'dialog', 'provider-kit', 'settings'],
};
const pure = '^libs/(telephony|dialog|reporting|forwards|provider-kit|providers)/';
const specs = '([.-]spec\\.ts$|^libs/testing/)';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'enter-by-index',
      comment: 'A library is entered through its src/index.ts alone.',
      severity: 'error',
      from: { path: '^(libs/([^/]+)|apps/[^/]+)/' },
      to: { path: '^libs/([^/]+)/src/(?!index\\.ts$)', pathNot: '^libs/$2/' },
    },
    ...Object.entries(libs).map(([from, to]) => ({
      name: `${from}-imports`,
      severity: 'error',
      from: { path: `^libs/${from}/`, pathNot: specs },
      to: { path: '^(libs|apps)/', pathNot: `^libs/(${[from, ...to].join('|')})/` },
    })),
    {
      name: 'kit-takes-types-only',
      comment: 'provider-kit knows only the types of dialog and reporting.',
      severity: 'error',
      from: { path: '^libs/provider-kit/', pathNot: specs },
      to: { path: '^libs/(dialog|reporting)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-without-io',
      severity: 'error',
      from: { path: pure, pathNot: specs },
      to: {
        path: '(node_modules/(@nestjs|fastify|@fastify|typeorm|pg|ioredis|undici|pino)/|^(node:)?(fs|fs/promises|net|http|https|tls|dns|child_process|worker_threads)$)',
      },
    },
    {
      name: 'testing-in-specs-only',
      severity: 'error',
      from: { pathNot: `${specs}|^test/` },
      to: { path: '^libs/testing/' },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
