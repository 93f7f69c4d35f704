import type { ApiKeyRecord, KeyStore } from "../secrets/key-record.js";

/** API keys in memory: for tests, examples, and servers whose keys are made at start. They are gone when the process ends. */
export function memoryKeys(): KeyStore {
  const records = new Map<string, ApiKeyRecord>();
  const insert = (record: ApiKeyRecord) => {
    if (records.has(record.id)) throw new Error("There is an API key with this id already");
    records.set(record.id, record);
  };
  const change = (record: ApiKeyRecord, facts: Partial<ApiKeyRecord>) =>
    void records.set(record.id, { ...record, ...facts });
  return {
    find: (id) => records.get(id),
    insert,
    list: ({ owner } = {}) =>
      [...records.values()].filter((one) => owner === undefined || one.owner === owner).sort(byAge),
    replace: (id, next, until) => {
      const old = records.get(id);
      if (old === undefined || old.revokedAt !== undefined || old.replacedBy !== undefined) return false;
      const { expiresAt = Number.POSITIVE_INFINITY } = old;
      if (!(next.createdAt < expiresAt)) return false;
      insert(next);
      change(old, { replacedBy: next.id, expiresAt: Math.min(expiresAt, until) });
      return true;
    },
    revoke: (id, at) => {
      const record = records.get(id);
      if (record === undefined) return false;
      if (record.revokedAt === undefined) change(record, { revokedAt: at });
      return true;
    },
    touch: (id, at) => {
      const record = records.get(id);
      if (record !== undefined && at > (record.lastUsedAt ?? 0)) change(record, { lastUsedAt: at });
    },
  };
}

function byAge(one: ApiKeyRecord, other: ApiKeyRecord): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1);
}
