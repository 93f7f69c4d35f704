import { describe, expect, it } from "vitest";
import { verifyApiKey } from "../../../../runtime/src/credentials/key-check.js";
import { createApiKey, revokeApiKey, rotateApiKey } from "../../../../runtime/src/credentials/key-life.js";
import type { AuditLine } from "../../../../runtime/src/observe/audit.js";
import { memoryKeys } from "../../../../runtime/src/stores/memory-keys.js";

const broken = () => Promise.reject(new Error("down"));

function witness(fails = false) {
  const lines: AuditLine[] = [];
  const write = (line: AuditLine) => {
    if (fails) throw new Error("the disk is full");
    lines.push(line);
  };
  return { lines, audit: { write } };
}

describe("R55 what happens to a key is written down", () => {
  const now = () => Date.UTC(2027, 0, 1);

  it("who did what to which key, for whom, and never the key", async () => {
    const { lines, audit } = witness();
    const store = memoryKeys();
    const act = { store, audit, actor: "root@ops", now };
    const first = await createApiKey({ ...act, owner: "ann", roles: ["teller"], expiresAt: now() + 1_000 });
    const second = await rotateApiKey({ ...act, id: first.id });
    await revokeApiKey({ ...act, id: first.id });
    await revokeApiKey({ ...act, id: "0".repeat(16) });
    const said = { time: "2027-01-01T00:00:00.000Z", level: "security", principal: "root@ops" };
    const fields = { owner: "ann", roles: ["teller"], expires: "2027-01-01T00:00:01.000Z" };
    expect(lines).toEqual([
      { ...said, event: "api_key.created", outcome: "allowed", subject: first.id, fields },
      {
        ...said,
        event: "api_key.rotated",
        outcome: "allowed",
        subject: first.id,
        fields: { ...fields, replacedBy: second?.id },
      },
      { ...said, event: "api_key.revoked", outcome: "allowed", subject: first.id },
      { ...said, event: "api_key.revoked", outcome: "refused", subject: "0".repeat(16) },
    ]);
    for (const key of [first.key, second?.key ?? ""]) expect(JSON.stringify(lines)).not.toContain(key.slice(17));
  });

  it("or does not happen; but a key is revoked all the same", async () => {
    const { audit } = witness(true);
    const store = memoryKeys();
    await expect(createApiKey({ store, audit, owner: "ann" })).rejects.toThrow("disk");
    expect(await store.list()).toEqual([]);
    const { id } = await createApiKey({ store, owner: "ann" });
    await expect(rotateApiKey({ store, audit, id })).rejects.toThrow("disk");
    expect(await store.list()).toHaveLength(1);
    await expect(revokeApiKey({ store, audit, id })).rejects.toThrow("disk");
    expect(await store.find(id)).toMatchObject({ revokedAt: expect.any(Number) });
  });

  it("and so is that it came to nothing", async () => {
    const { lines, audit } = witness();
    const store = memoryKeys();
    await expect(createApiKey({ store: { insert: broken }, audit, owner: "ann" })).rejects.toThrow("down");
    const { id } = await createApiKey({ store, owner: "ann" });
    await rotateApiKey({ store: { ...store, replace: () => false }, audit, id });
    expect(lines.map(({ event, outcome }) => [event, outcome])).toEqual([
      ["api_key.created", "allowed"],
      ["api_key.created", "failed"],
      ["api_key.rotated", "allowed"],
      ["api_key.rotated", "refused"],
    ]);
  });
});

describe("verifyApiKey", () => {
  it("says for operators why a key is refused", async () => {
    const store = memoryKeys();
    const { key, id } = await createApiKey({ store, owner: "ann", prefix: "k_" });
    const rules = { prefix: "k_" };
    expect(await verifyApiKey({ store, rules }, key)).toMatchObject({ valid: true, record: { owner: "ann" } });
    expect(await verifyApiKey({ store, rules }, `${key}0`)).toMatchObject({
      valid: false,
      reason: expect.stringContaining("mistyped"),
    });
    expect(await verifyApiKey({ store: memoryKeys(), rules }, key)).toMatchObject({ reason: "unknown API key" });
    await store.revoke(id, 1);
    expect(await verifyApiKey({ store, rules }, key)).toMatchObject({ reason: `revoked API key ${id}` });
  });
});
