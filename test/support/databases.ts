import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import type { PgClient } from "../../runtime/src/stores/postgres-keys.js";
import { postgresBin, startPostgres } from "./postgres-server.js";

/** Where SQL is run for real. */
export interface Database {
  readonly client: PgClient;
  /** Another connection to the same data; the same one where there can be no other. */
  readonly another: () => PgClient;
  /** A session of one's own, until it is closed; the same one where there can be no other. */
  readonly oneConnection: () => Promise<{ readonly client: PgClient; readonly close: () => Promise<void> }>;
  /** How other processes reach it, where they can. */
  readonly url: string | undefined;
  readonly close: () => Promise<void>;
}

/** PGlite, in memory. */
async function embedded(): Promise<Database> {
  const client = await PGlite.create();
  const oneConnection = async () => ({ client, close: async () => {} });
  return { client, another: () => client, oneConnection, url: undefined, close: () => client.close() };
}

const bin = postgresBin();

/** A real server. */
async function served(): Promise<Database> {
  if (bin === undefined) throw new Error("There is no PostgreSQL server on this machine: install Debian's postgresql");
  const cluster = await startPostgres(bin);
  const pools: pg.Pool[] = [];
  const another = () => {
    const pool = new pg.Pool({ ...cluster.config, max: 4 });
    pools.push(pool);
    return pool;
  };
  const close = async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await cluster.stop();
  };
  const oneConnection = async () => {
    const client = new pg.Client(cluster.config);
    await client.connect();
    return { client, close: () => client.end() };
  };
  return { client: another(), another, oneConnection, url: cluster.url, close };
}

/** A machine may lack the server; a run that counts may not. */
const absent = bin === undefined && process.env.CI !== "true";

/** Every database that stores are tested against. */
export const databases: readonly {
  readonly name: string;
  readonly skip: boolean;
  /** Whether other processes reach it: what is in the memory of this one ends with it. */
  readonly isShared: boolean;
  readonly start: () => Promise<Database>;
}[] = [
  { name: "PGlite", skip: false, isShared: false, start: embedded },
  {
    name: absent ? "PostgreSQL (no server on this machine)" : "PostgreSQL",
    skip: absent,
    isShared: true,
    start: served,
  },
];
