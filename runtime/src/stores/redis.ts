/** Stores in Redis, through ioredis or node-redis. Neither is imported. */
export type { IoRedisClient, NodeRedisClient, RedisClient, ScriptInput } from "./redis-client.js";
export { type RedisIdempotencyOptions, redisIdempotency } from "./redis-idempotency.js";
export { type RedisLimitsOptions, redisLimits } from "./redis-limits.js";
