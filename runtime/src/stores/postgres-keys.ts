import type { ApiKeyRecord, KeyStore } from "../secrets/key-record.js";
import { migration } from "./postgres-schema.js";

/** What of a database client is needed: a `Pool` or `Client` of pg has it, and so has PGlite. */
export interface PgClient {
  readonly query: (text: string, values?: unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;
}

/** Options of `postgresKeys`. */
export interface PostgresKeysOptions {
  /** `check`: a schema that is not up to date is refused, for servers whose database user may not create tables. Default: `apply`. */
  readonly migrate?: "apply" | "check";
}

/**
 * API keys in PostgreSQL, in the table `sallyport_api_keys` of the first schema of the search path. The table is created and migrated
 * before the store is handed out; servers that start together take turns.
 * @param client give it time-outs of its own (pg: `connectionTimeoutMillis`, `query_timeout`): a verifier stops waiting, a pool does not.
 * @throws the client's error; its `code` is `SPA01` when the schema is newer than this version knows, `SPA02` when it is older and
 *   `migrate` is `check`.
 */
export async function postgresKeys(client: PgClient, options: PostgresKeysOptions = {}): Promise<KeyStore> {
  await client.query(migration(options.migrate !== "check"));
  const ask = async (text: string, ...values: unknown[]) => (await client.query(text, values)).rows;
  return {
    find: async (id) => (await ask(statements.find, id)).map(toRecord)[0],
    list: async ({ owner } = {}) => (await ask(statements.list, owner ?? null)).map(toRecord),
    insert: async (record) => {
      const rows = await ask(statements.insert, ...toRow(record));
      if (rows.length === 0) throw new Error("There is an API key with this id already");
    },
    replace: async (id, next, until) => (await ask(statements.replace, ...toRow(next), id, until)).length > 0,
    revoke: async (id, at) => (await ask(statements.revoke, id, at)).length > 0,
    touch: async (id, at) => void (await ask(statements.touch, id, at)),
  };
}

type Kind = "text" | "list" | "time";

/** Which column keeps which fact. */
const columns: readonly (readonly [keyof ApiKeyRecord, string, Kind])[] = [
  ["id", "id", "text"],
  ["scheme", "scheme", "text"],
  ["digest", "digest", "text"],
  ["hash", "hash", "text"],
  ["pepper", "pepper", "text"],
  ["owner", "owner", "text"],
  ["tenant", "tenant", "text"],
  ["client", "client", "text"],
  ["scopes", "scopes", "list"],
  ["roles", "roles", "list"],
  ["createdAt", "created_at", "time"],
  ["expiresAt", "expires_at", "time"],
  ["revokedAt", "revoked_at", "time"],
  ["replacedBy", "replaced_by", "text"],
  ["lastUsedAt", "last_used_at", "time"],
];

const into: Readonly<Record<Kind, (at: number) => string>> = {
  text: (at) => `$${at}::text`,
  list: (at) => `$${at}::jsonb`,
  time: (at) => `to_timestamp($${at}::float8 / 1000)`,
};

const names = columns.map(([, column]) => column).join(", ");
const places = columns.map(([, , kind], at) => into[kind](at + 1)).join(", ");
// Numbers come back alike from every client; timestamps and their zones do not.
const read = columns.map(([, column, kind]) =>
  kind === "time" ? `(extract(epoch from ${column}) * 1000)::float8 as ${column}` : column,
);
const select = `select ${read.join(", ")} from sallyport_api_keys`;
const after = columns.length + 1;
const createdAt = into.time(columns.findIndex(([fact]) => fact === "createdAt") + 1);

// One statement each, and so each in a transaction of its own: whether the client is a pool does not matter.
const statements = {
  find: `${select} where id = $1`,
  list: `${select} where $1::text is null or owner = $1 order by created_at, id`,
  insert: `insert into sallyport_api_keys (${names}) values (${places}) on conflict (id) do nothing returning id`,
  // Of two rotations at once the second waits for the row, and then finds it replaced.
  replace: `with old as (
      update sallyport_api_keys set replaced_by = $1, expires_at = least(expires_at, ${into.time(after + 1)})
      where id = $${after} and revoked_at is null and replaced_by is null and (expires_at is null or expires_at > ${createdAt})
      returning 1)
    insert into sallyport_api_keys (${names}) select ${places} from old returning id`,
  revoke: `update sallyport_api_keys set revoked_at = coalesce(revoked_at, ${into.time(2)}) where id = $1 returning id`,
  touch: `update sallyport_api_keys set last_used_at = greatest(last_used_at, ${into.time(2)}) where id = $1`,
};

function toRow(record: ApiKeyRecord): readonly unknown[] {
  return columns.map(([fact, , kind]) => {
    const value = record[fact];
    if (value === undefined) return null;
    return kind === "list" ? JSON.stringify(value) : value;
  });
}

function toRecord(row: unknown): ApiKeyRecord {
  const found = row as Readonly<Record<string, unknown>>;
  const facts = columns.flatMap(([fact, column, kind]) => {
    const value = found[column];
    if (value === null || value === undefined) return [];
    return [[fact, kind === "time" ? Math.round(Number(value)) : value]];
  });
  return Object.fromEntries(facts) as ApiKeyRecord;
}
