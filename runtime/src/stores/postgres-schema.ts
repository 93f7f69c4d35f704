/** The newest schema that this version reads and writes. */
export const schemaVersion = 1;

/** What brings a database from one version of the schema to the next. What was released is never changed, only added to. */
const steps: readonly string[] = [
  `create table sallyport_api_keys (
     id text primary key,
     scheme text,
     digest text not null,
     hash text not null,
     pepper text,
     owner text not null check (owner <> ''),
     tenant text,
     client text,
     scopes jsonb,
     roles jsonb,
     created_at timestamptz not null,
     expires_at timestamptz,
     revoked_at timestamptz,
     replaced_by text,
     last_used_at timestamptz
   );
   create index sallyport_api_keys_owner on sallyport_api_keys (owner);`,
];

/** The tables of one store, and what brings them from one version to the next. */
export interface SchemaPart {
  /** Letters and underscores. */
  readonly name: string;
  readonly steps: readonly string[];
}

const keysPart: SchemaPart = { name: "api_keys", steps };

/** SQLSTATE of a schema that is newer than this version knows. */
export const newerSchema = "SPA01";

/** SQLSTATE of one that is older and must not be changed. */
export const olderSchema = "SPA02";

/**
 * One statement that migrates, and therefore one transaction, whatever stands between us and the database: a pool, a pooler in
 * transaction mode, a database in the same process. Two that start together take turns at the advisory lock.
 * @param change whether an older schema is brought up to date, or refused.
 * @param part the tables of one store, which have a version of their own; those of API keys where absent.
 */
export function migration(change: boolean, { name, steps }: SchemaPart = keysPart): string {
  const version = steps.length;
  const guarded = steps.map((step, at) => `if found < ${at + 1} then ${step} end if;`).join("\n");
  const refusal = `raise exception 'sallyport: the schema has version %, this version needs ${version}: migrate first', found using errcode = '${olderSchema}';`;
  return `do $sallyport$
declare found integer := 0;
begin
  perform pg_advisory_xact_lock(${lock});
  if to_regclass('sallyport_schema') is not null then
    select coalesce(max(version), 0) into found from sallyport_schema where part = '${name}';
  end if;
  if found > ${version} then
    raise exception 'sallyport: the schema has version %, this version knows ${version}: install a newer @sallyport/runtime', found using errcode = '${newerSchema}';
  end if;
  if found < ${version} then
    ${change ? "" : refusal}
    create table if not exists sallyport_schema (part text primary key, version integer not null);
    ${guarded}
    insert into sallyport_schema values ('${name}', ${version})
      on conflict (part) do update set version = excluded.version;
  end if;
end $sallyport$`;
}

/** "sallyport" read as a number: a lock that nobody else takes by accident. */
const lock = 0x73616c6c79;
