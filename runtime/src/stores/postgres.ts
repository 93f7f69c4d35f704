/** Stores in PostgreSQL, through any client of pg's shape; PGlite is one. Neither is imported. */
export type { AuditLine, AuditSink } from "../observe/audit.js";
export type { ChainHead } from "../observe/chain.js";
export type { TrailFault, TrailVerdict, VerifyOptions } from "../observe/judge-trail.js";
export { type PostgresAudit, type PostgresAuditOptions, postgresAudit } from "./postgres-audit.js";
export { type PostgresIdempotencyOptions, postgresIdempotency } from "./postgres-idempotency.js";
export { type PgClient, type PostgresKeysOptions, postgresKeys } from "./postgres-keys.js";
export { verifyPostgresAudit } from "./verify-postgres-audit.js";
