export { freePorts, PrivateRedis, startPrivateRedis, type PrivateRedisOptions } from './private-redis.js';
export { startAddressInFront, type RedisAddressInFront } from './redis-address.js';
export { PrivateRedisCluster, startRedisCluster } from './redis-cluster.js';
export { sessionStoreContract, type StoreUnderTest } from './session-store-contract.js';
export { PrivatePostgres, type PrivatePostgresOptions } from './private-postgres.js';
export { DialogTester, Phone, TestClock, type PhoneOptions, type TesterOptions } from './dialog-tester.js';
export { MemoryLedger } from './memory-ledger.js';
export { ScriptedEffects } from './scripted-effects.js';
export { AwayStore } from './away-store.js';
