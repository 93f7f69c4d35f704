import { show } from "../../code/frame.js";
import type { KeyRecord } from "./runtime.js";

/** What may be shown of a key, times in RFC 3339: everything but its digest. */
export function factsOf(record: KeyRecord, now: number): object {
  const { id, scheme, owner, tenant, client, roles, scopes, replacedBy } = record;
  return {
    id,
    state: stateOf(record, now),
    scheme,
    owner,
    tenant,
    client,
    roles,
    scopes,
    created: dateOf(record.createdAt),
    expires: dateOf(record.expiresAt),
    lastUsed: dateOf(record.lastUsedAt),
    revoked: dateOf(record.revokedAt),
    replacedBy,
  };
}

/** Whether a key works, and why not. Whether it is too old for its scheme is for `verify` to say. */
export function stateOf({ revokedAt, expiresAt, replacedBy }: KeyRecord, now: number): string {
  if (revokedAt !== undefined) return "revoked";
  if (expiresAt !== undefined && now >= expiresAt) return "expired";
  return replacedBy === undefined ? "active" : "replaced";
}

/** A table for people: names in capitals, columns as wide as they must be, nothing that could drive a terminal (R55). */
export function tableOf(records: readonly KeyRecord[], now: number): string {
  const head = ["ID", "STATE", "SCHEME", "OWNER", "ROLES", "SCOPES", "CREATED", "EXPIRES", "LAST USED"];
  const rows = records.map((record) => [
    record.id,
    stateOf(record, now),
    record.scheme ?? "-",
    record.owner,
    listOf(record.roles),
    listOf(record.scopes),
    dayOf(record.createdAt),
    dayOf(record.expiresAt),
    dayOf(record.lastUsedAt),
  ]);
  const cells = [head, ...rows].map((row) => row.map((cell) => show(cell)));
  const widths = head.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function listOf(names: readonly string[] | undefined): string {
  return names === undefined || names.length === 0 ? "-" : names.join(",");
}

function dateOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

function dayOf(at: number | undefined): string {
  return dateOf(at)?.slice(0, 10) ?? "-";
}
