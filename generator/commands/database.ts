import { mkdirSync } from "node:fs";
import path from "node:path";
import { lockFolder } from "./keys/folder-lock.js";
import { importInstalled } from "./keys/installed.js";
import type { SqlClient } from "./keys/runtime.js";
import { usageFault } from "./keys/usage.js";

/** An open database. */
export interface OpenDatabase {
  readonly client: SqlClient;
  readonly close: () => Promise<unknown>;
}

/** Opens a database: one that a URL of PostgreSQL leads to, or the folder of an embedded one (PGlite). */
export function openDatabase(place: string, cwd: string): Promise<OpenDatabase> {
  return isUrl(place) ? connect(place, cwd) : embed(place, cwd);
}

/** Whether a place is a URL, and no folder. */
export function isUrl(place: string): boolean {
  return /^postgres(ql)?:/i.test(place);
}

/** A folder or URL; `env:NAME` keeps a password out of the list of processes. */
export function placeOf(place: string, env: Readonly<Record<string, string | undefined>>): string {
  if (!place.startsWith("env:")) return place;
  const name = place.slice("env:".length);
  const value = env[name];
  if (value === undefined || value === "")
    throw usageFault("SP085", `${name} is not set in the environment.`, "Set it to a folder or a postgres:// URL.");
  return value;
}

async function connect(url: string, cwd: string): Promise<OpenDatabase> {
  const pg = (await importInstalled("pg", cwd)) as unknown as PgModule;
  const { Pool } = pg.Pool === undefined ? (pg.default ?? {}) : pg;
  if (Pool === undefined) throw usageFault("SP084", "The pg that is installed has no Pool.", "Run `npm install pg@8`.");
  const pool = new Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  return { client: pool, close: () => pool.end() };
}

interface PgModule {
  readonly Pool?: new (options: object) => SqlClient & { readonly end: () => Promise<void> };
  readonly default?: PgModule;
}

async function embed(folder: string, cwd: string): Promise<OpenDatabase> {
  const { PGlite } = (await importInstalled("@electric-sql/pglite", cwd)) as unknown as PgliteModule;
  const full = path.resolve(cwd, folder);
  mkdirSync(path.dirname(full), { recursive: true, mode: 0o700 });
  const release = await lockFolder(full);
  try {
    mkdirSync(full, { recursive: true, mode: 0o700 });
    const client = await PGlite.create(full);
    return { client, close: () => client.close().finally(release) };
  } catch (error) {
    release();
    throw error;
  }
}

interface PgliteModule {
  readonly PGlite: {
    readonly create: (folder: string) => Promise<SqlClient & { readonly close: () => Promise<void> }>;
  };
}
