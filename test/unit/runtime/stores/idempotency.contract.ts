import { beforeEach, expect, it } from "vitest";
import type { Claim, IdempotencyStore } from "../../../../runtime/src/stores/idempotency.js";

const start = 1_800_000_000_000;
const claim = (owner: string, facts: Partial<Claim> = {}): Claim => ({
  fingerprint: "f",
  owner,
  lease: 30_000,
  ttl: 3_600_000,
  again: false,
  ...facts,
});

/** What every store of idempotency keys must do: run it against one of your own. `open` gives an empty one that counts by the caller's clock. */
export function holdsIdempotencyContract(open: () => IdempotencyStore | Promise<IdempotencyStore>): void {
  let store: IdempotencyStore;
  beforeEach(async () => {
    store = await open();
  });

  it("the first is new, the others are told that it is running, and then its result, octet by octet", async () => {
    const result = 'a"\\\u{1F511}\n\u2028';
    expect(await store.begin("k", claim("a"), start)).toEqual({ kind: "new" });
    expect(await store.begin("k", claim("b"), start)).toEqual({ kind: "running" });
    await store.settle("k", claim("a"), { kind: "done", result }, start + 5);
    expect(await store.begin("k", claim("c"), start + 10)).toEqual({ kind: "done", result });
    expect(await store.begin("other", claim("d"), start)).toEqual({ kind: "new" });
  });

  it("R39 of fifty at once exactly one is new", async () => {
    const found = await Promise.all(Array.from({ length: 50 }, (_, n) => store.begin("k", claim(`o${n}`), start)));
    expect(found.filter(({ kind }) => kind === "new")).toHaveLength(1);
    expect(found.filter(({ kind }) => kind === "running")).toHaveLength(49);
  });

  it("a key with another input is another's, running or done", async () => {
    await store.begin("k", claim("a"), start);
    expect(await store.begin("k", claim("b", { fingerprint: "g" }), start)).toEqual({ kind: "other" });
    await store.settle("k", claim("a"), { kind: "done", result: "r" }, start);
    expect(await store.begin("k", claim("b", { fingerprint: "g" }), start)).toEqual({ kind: "other" });
  });

  it("is free again after its time, and not before", async () => {
    await store.begin("k", claim("a"), start);
    await store.settle("k", claim("a"), { kind: "done", result: "r" }, start);
    expect(await store.begin("k", claim("b"), start + 3_599_999)).toMatchObject({ kind: "done" });
    expect(await store.begin("k", claim("b", { fingerprint: "g" }), start + 3_600_000)).toEqual({ kind: "new" });
    expect(await store.begin("k", claim("c", { fingerprint: "g" }), start + 3_600_001)).toEqual({ kind: "running" });
  });

  it("one that is not heard of any more is unknown; one that is renewed is running", async () => {
    await store.begin("k", claim("a"), start);
    await store.renew("k", claim("a"), start + 20_000);
    expect(await store.begin("k", claim("b"), start + 49_999)).toEqual({ kind: "running" });
    await store.renew("k", claim("b"), start + 49_999);
    expect(await store.begin("k", claim("b"), start + 50_000)).toEqual({ kind: "unknown" });
  });

  it("who may go on takes over, once; and who comes back then changes nothing", async () => {
    await store.begin("k", claim("a"), start);
    expect(await store.begin("k", claim("b", { again: true }), start + 29_999)).toEqual({ kind: "running" });
    const later = start + 30_000;
    const found = await Promise.all(["b", "c"].map((owner) => store.begin("k", claim(owner, { again: true }), later)));
    expect(found.map(({ kind }) => kind).sort()).toEqual(["new", "running"]);
    const holder = found[0]?.kind === "new" ? "b" : "c";
    await store.settle("k", claim("a"), { kind: "done", result: "late" }, later);
    expect(await store.begin("k", claim("d"), later)).toEqual({ kind: "running" });
    await store.settle("k", claim(holder), { kind: "done", result: "r" }, later);
    expect(await store.begin("k", claim("d"), later)).toEqual({ kind: "done", result: "r" });
  });

  it("one that ended as if it had never been leaves nothing, and one of which nobody knows says so at once", async () => {
    await store.begin("k", claim("a"), start);
    await store.settle("k", claim("a"), { kind: "forgotten" }, start);
    expect(await store.begin("k", claim("b"), start)).toEqual({ kind: "new" });
    await store.settle("k", claim("b"), { kind: "unknown" }, start);
    expect(await store.begin("k", claim("c"), start)).toEqual({ kind: "unknown" });
  });
}
