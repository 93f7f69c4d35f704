import type { ApiKeyRecord, KeyStore } from "../secrets/api-key.js";

/** API keys in memory: for tests, examples, and servers whose keys are made at start. They are gone when the process ends. */
export function memoryKeys(): KeyStore {
  const records = new Map<string, ApiKeyRecord>();
  return {
    find: (id) => records.get(id),
    insert: (record) => {
      if (records.has(record.id)) throw new Error("There is an API key with this id already");
      records.set(record.id, record);
    },
    revoke: (id) => {
      const record = records.get(id);
      if (record === undefined) return false;
      records.set(id, { ...record, revoked: true });
      return true;
    },
  };
}
