// The generator calls the runtime that the user has installed, by its shape: this does not compile where the two part.
import { type PgClient, postgresKeys } from "@sallyport/runtime/postgres";
import {
  createApiKey,
  type KeyStore as RuntimeStore,
  revokeApiKey,
  rotateApiKey,
  verifyApiKey,
} from "@sallyport/runtime/server";
import type { KeyRuntime, KeyStore, PostgresRuntime, SqlClient } from "../../generator/commands/keys/runtime.js";

export const runtime: KeyRuntime<RuntimeStore> & PostgresRuntime<KeyStore> = {
  createApiKey,
  rotateApiKey,
  revokeApiKey,
  verifyApiKey,
  postgresKeys,
};
export const client = (one: SqlClient): PgClient => one;
