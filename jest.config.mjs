const ours = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  },
];
// light-my-request requires cookie, which is ESM only from version 2 on; Node 20 cannot require that under Jest.
const commonJs = [
  '@swc/jest',
  { jsc: { target: 'es2023', parser: { syntax: 'ecmascript' } }, module: { type: 'commonjs' } },
];

export default {
  // Servers and outages are waited for a good part of the time: one worker for each core, none left over.
  maxWorkers: '100%',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  testRegex: '[.-]spec\\.ts$',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  moduleNameMapper: { '^@app/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts', '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '\\.ts$': ours, '/node_modules/cookie/.+\\.js$': commonJs },
  transformIgnorePatterns: ['/node_modules/(?!cookie/)'],
  testTimeout: 30_000,
};
