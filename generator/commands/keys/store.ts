import { DiagnosticError } from "../../code/diagnostic.js";
import { openDatabase, placeOf } from "../database.js";
import { type KeyRuntime, type KeyStore, loadRuntime, type PostgresRuntime, type SqlClient } from "./runtime.js";
import { usageFault } from "./usage.js";

/** Where keys are kept when nobody says otherwise: beside the project's configuration. */
export const defaultStore = ".sallyport/keys";

/** An open store, and the runtime that works on it. */
export interface Desk {
  readonly runtime: KeyRuntime<KeyStore>;
  readonly store: KeyStore;
}

/** Opens the store, does what is to be done, and closes it whatever came of it. */
export async function withStore<T>(
  said: string | undefined,
  cwd: string,
  use: (desk: Desk) => Promise<T>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<T> {
  const runtime = await loadRuntime(cwd);
  const place = placeOf(said ?? env.SALLYPORT_KEYS ?? defaultStore, env);
  const { client, close } = await openDatabase(place, cwd).catch((error: unknown) => {
    throw unreachable(error);
  });
  try {
    return await use({ runtime, store: await open(runtime, client) });
  } finally {
    await close();
  }
}

async function open(runtime: PostgresRuntime<KeyStore>, client: SqlClient): Promise<KeyStore> {
  try {
    return await runtime.postgresKeys(client);
  } catch (error) {
    throw unreachable(error);
  }
}

/** What databases say of themselves; never the URL, in which a password may stand. */
function unreachable(error: unknown): DiagnosticError {
  if (error instanceof DiagnosticError) return error;
  const message = error instanceof Error ? error.message || error.name : String(error);
  const fix = "Say --store FOLDER, --store env:NAME with a postgres:// URL, or set SALLYPORT_KEYS.";
  return usageFault("SP085", `The store of keys does not open: ${message}`, fix);
}
