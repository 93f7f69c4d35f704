import type { SchemaPart } from "./postgres-schema.js";

/** SQLSTATE of a line that does not follow the last one of its chain. */
const astray = "SPA03";
/** SQLSTATE of whatever would do more than add a line. */
const appendOnly = "SPA04";

/**
 * The table of audit trails. Its triggers fire whatever `session_replication_role` says. They bind everybody but the table's owner, who can drop
 * them: a server's user should be another one, with `select` and `insert` here, and `select` on
 * `sallyport_schema`.
 */
export const auditPart: SchemaPart = {
  name: "audit",
  steps: [
    `create table sallyport_audit (
       chain text not null check (chain <> ''),
       seq bigint not null check (seq > 0),
       prev text not null,
       hash text not null,
       line text not null,
       added_at timestamptz not null default now(),
       primary key (chain, seq)
     );
     create function sallyport_audit_follows() returns trigger language plpgsql set search_path from current as $follows$
     begin
       if new.seq = 1 then
         if new.prev ~ '^0{64}$' then return new; end if;
       elsif exists (select 1 from sallyport_audit where chain = new.chain and seq = new.seq - 1 and hash = new.prev) then
         return new;
       end if;
       raise exception 'sallyport: the line does not follow the last one of its chain' using errcode = '${astray}';
     end $follows$;
     create function sallyport_audit_append_only() returns trigger language plpgsql as $only$
     begin
       raise exception 'sallyport: an audit trail is only ever added to' using errcode = '${appendOnly}';
     end $only$;
     create trigger sallyport_audit_follows before insert on sallyport_audit
       for each row execute function sallyport_audit_follows();
     create trigger sallyport_audit_append_only before update or delete or truncate on sallyport_audit
       for each statement execute function sallyport_audit_append_only();
     alter table sallyport_audit enable always trigger sallyport_audit_follows;
     alter table sallyport_audit enable always trigger sallyport_audit_append_only;
     revoke all on sallyport_audit from public;`,
  ],
};

/** Whether somebody else has added the line that was to be added: it is there already (`unique_violation`), or another one is the last. */
export function isOvertaken(thrown: unknown): boolean {
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
  return code === astray || code === "23505";
}
