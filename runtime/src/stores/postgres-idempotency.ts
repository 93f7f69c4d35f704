import type { Claim, Found, IdempotencyStore } from "./idempotency.js";
import type { PgClient } from "./postgres-keys.js";
import { migration } from "./postgres-schema.js";

/** Options of `postgresIdempotency`. */
export interface PostgresIdempotencyOptions {
  /** `check`: a schema that is not up to date is refused, for servers whose database user may not create tables. Default: `apply`. */
  readonly migrate?: "apply" | "check";
}

const part = {
  name: "idempotency",
  steps: [
    `create table sallyport_idempotency (
       key text primary key,
       fingerprint text not null,
       owner text not null,
       running float8 not null,
       ends float8 not null,
       result text
     );
     create index sallyport_idempotency_ends on sallyport_idempotency (ends);`,
  ],
};

/** How many keys are begun between two looks for old ones. */
const sweepEvery = 100;

/**
 * Keys in PostgreSQL or PGlite, in the table `sallyport_idempotency`. The processes' clocks count, and must agree within seconds.
 * @param client give it time-outs of its own.
 * @throws the client's error; `SPA01` and `SPA02` as with `postgresKeys`.
 */
export async function postgresIdempotency(
  client: PgClient,
  options: PostgresIdempotencyOptions = {},
): Promise<IdempotencyStore> {
  await client.query(migration(options.migrate !== "check", part));
  const ask = async (text: string, ...values: unknown[]) => (await client.query(text, values)).rows;
  let begun = 0;
  return {
    begin: async (key, { fingerprint, owner, lease, ttl, again }, now) => {
      begun += 1;
      if (begun % sweepEvery === 0) ask(statements.sweep, now).catch(() => undefined);
      const taken = await ask(statements.take, key, fingerprint, owner, now + lease, now + ttl, now, again);
      if (taken.length > 0) return { kind: "new" };
      const [row] = await ask(statements.look, key, fingerprint, now);
      return toFound(row);
    },
    renew: async (key, { owner, lease }, now) => void (await ask(statements.renew, key, owner, now + lease)),
    settle: async (key, { owner }: Claim, how, now) => {
      if (how.kind === "forgotten") await ask(statements.forget, key, owner);
      else if (how.kind === "unknown") await ask(statements.renew, key, owner, now);
      else await ask(statements.finish, key, owner, how.result);
    },
  };
}

const own = "where key = $1 and owner = $2 and result is null";
const statements = {
  // One statement: of two at the same time the second waits for the row, and then finds it taken.
  take: `insert into sallyport_idempotency as old (key, fingerprint, owner, running, ends) values ($1, $2, $3, $4, $5)
    on conflict (key) do update set fingerprint = $2, owner = $3, running = $4, ends = $5, result = null
    where old.ends <= $6::float8
      or ($7::boolean and old.fingerprint = $2 and old.result is null and old.running <= $6::float8)
    returning 1`,
  look: `select fingerprint = $2 as same, result, running > $3::float8 as running from sallyport_idempotency where key = $1`,
  renew: `update sallyport_idempotency set running = $3 ${own}`,
  finish: `update sallyport_idempotency set result = $3 ${own}`,
  forget: `delete from sallyport_idempotency ${own}`,
  sweep: `delete from sallyport_idempotency where key in
    (select key from sallyport_idempotency where ends <= $1::float8 limit 1000)`,
};

/** One that is gone by now ended as if it had never been: the next attempt will find nothing. */
function toFound(row: unknown): Found {
  if (row === undefined) return { kind: "running" };
  const { same, result, running } = row as {
    readonly same: unknown;
    readonly result: unknown;
    readonly running: unknown;
  };
  if (same !== true) return { kind: "other" };
  if (typeof result === "string") return { kind: "done", result };
  return { kind: running === true ? "running" : "unknown" };
}
