/** Stores in PostgreSQL, through any client of pg's shape; PGlite is one. Neither is imported. */
export { type PostgresIdempotencyOptions, postgresIdempotency } from "./postgres-idempotency.js";
export { type PgClient, type PostgresKeysOptions, postgresKeys } from "./postgres-keys.js";
