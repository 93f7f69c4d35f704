import { mkdirSync } from "node:fs";
import path from "node:path";
import { DiagnosticError } from "../../code/diagnostic.js";
import { lockFolder } from "./folder-lock.js";
import { importInstalled } from "./installed.js";
import { type KeyRuntime, type KeyStore, loadRuntime, type PostgresRuntime, type SqlClient } from "./runtime.js";
import { usageFault } from "./usage.js";

/** Where keys are kept when nobody says otherwise: beside the project's configuration. */
export const defaultStore = ".sallyport/keys";

/** An open store, and the runtime that works on it. */
export interface Desk {
  readonly runtime: KeyRuntime<KeyStore>;
  readonly store: KeyStore;
}

interface Opened {
  readonly client: SqlClient;
  readonly close: () => Promise<unknown>;
}

/** Opens the store, does what is to be done, and closes it whatever came of it. */
export async function withStore<T>(
  said: string | undefined,
  cwd: string,
  use: (desk: Desk) => Promise<T>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<T> {
  const runtime = await loadRuntime(cwd);
  const place = placeOf(said, env);
  const { client, close } = await (/^postgres(ql)?:/i.test(place) ? connect(place, cwd) : embed(place, cwd));
  try {
    return await use({ runtime, store: await open(runtime, client) });
  } finally {
    await close();
  }
}

/** A folder or URL; `env:NAME` keeps a password out of the list of processes. */
function placeOf(said: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const place = said ?? env.SALLYPORT_KEYS ?? defaultStore;
  if (!place.startsWith("env:")) return place;
  const name = place.slice("env:".length);
  const value = env[name];
  if (value === undefined || value === "")
    throw usageFault("SP085", `${name} is not set in the environment.`, "Set it to a folder or a postgres:// URL.");
  return value;
}

async function open(runtime: PostgresRuntime<KeyStore>, client: SqlClient): Promise<KeyStore> {
  try {
    return await runtime.postgresKeys(client);
  } catch (error) {
    throw unreachable(error);
  }
}

async function connect(url: string, cwd: string): Promise<Opened> {
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

async function embed(folder: string, cwd: string): Promise<Opened> {
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
    throw unreachable(error);
  }
}

interface PgliteModule {
  readonly PGlite: {
    readonly create: (folder: string) => Promise<SqlClient & { readonly close: () => Promise<void> }>;
  };
}

/** What databases say of themselves; never the URL, in which a password may stand. */
function unreachable(error: unknown): DiagnosticError {
  if (error instanceof DiagnosticError) return error;
  const message = error instanceof Error ? error.message || error.name : String(error);
  const fix = "Say --store FOLDER, --store env:NAME with a postgres:// URL, or set SALLYPORT_KEYS.";
  return usageFault("SP085", `The store of keys does not open: ${message}`, fix);
}
