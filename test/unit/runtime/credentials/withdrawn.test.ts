import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SigningKey } from "../../../../runtime/src/credentials/jwks.js";
import { type KeyTimes, keepKeys } from "../../../../runtime/src/credentials/key-source.js";
import { exchangeWith } from "../../../support/exchange.js";
import { makeKey, mint, startIssuer, type TestIssuer, type TestKey } from "../../../support/tokens.js";
import { gist, judge, tokenScheme, tokenVerifier } from "../../../support/verifying.js";

const minute = 60_000;

describe("a token that is remembered", () => {
  let old: TestKey;
  let next: TestKey;
  let issuer: TestIssuer;
  let now: number;

  beforeEach(async () => {
    [old, next] = await Promise.all([makeKey("old"), makeKey("next")]);
    issuer = await startIssuer(old);
    now = Date.now();
  });
  afterEach(() => issuer.close());

  const exp = () => ({ claims: { exp: Math.floor(now / 1_000) + 86_400 } });
  const open = () => tokenVerifier(tokenScheme(issuer.issuer), { cachedFor: 60 * minute }, () => now);

  it("is answered without a promise", async () => {
    const verifier = open();
    const token = await mint(issuer.issuer, old, exp());
    const ask = () => verifier.verify(exchangeWith({ authorization: `Bearer ${token}` }));
    expect(ask()).toBeInstanceOf(Promise);
    await judge(verifier, token);
    expect(ask()).not.toBeInstanceOf(Promise);
  });

  it("ends with its key: as soon as it is known that the key was withdrawn", async () => {
    const verifier = open();
    const token = await mint(issuer.issuer, old, exp());
    expect(gist(await judge(verifier, token))).toContain("ann");
    issuer.publish(next);
    now += minute;
    expect(gist(await judge(verifier, token))).toContain("ann");
    // Another token's unknown kid fetches the keys, and so tells of the withdrawal.
    expect(gist(await judge(verifier, await mint(issuer.issuer, next, exp())))).toContain("ann");
    expect(gist(await judge(verifier, token))).toBe("401 invalid_token");
  });

  it("ends with its key ten minutes after the withdrawal at the latest, though nothing else is asked", async () => {
    const verifier = open();
    const token = await mint(issuer.issuer, old, exp());
    expect(gist(await judge(verifier, token))).toContain("ann");
    issuer.publish(next);
    now += 11 * minute;
    expect(gist(await judge(verifier, token))).toBe("401 invalid_token");
  });

  it("is not verified again when its key is still there", async () => {
    const verifier = open();
    const token = await mint(issuer.issuer, old, exp());
    const first = await judge(verifier, token);
    issuer.publish(next, old);
    now += 11 * minute;
    await judge(verifier, token);
    now += minute;
    expect(await judge(verifier, token)).not.toBeUndefined();
    expect(issuer.asked.get("/jwks")).toBe(2);
    expect(gist(first)).toContain("ann");
  });
});

describe("keys that are used while they are fetched again", () => {
  const times: KeyTimes = { fresh: 10, ripe: 20, stale: 100, cooldown: 5, backoff: 2 };
  const key = (print: string): SigningKey => ({ kid: print, alg: "ES256", print, load: () => Promise.reject() });

  function source(answers: (() => Promise<readonly SigningKey[]>)[]) {
    let now = 1_000;
    let asked = 0;
    const keys = keepKeys(
      () => answers[Math.min(asked++, answers.length - 1)]?.() ?? Promise.reject(),
      times,
      () => now,
    );
    return { keys, pass: (by: number) => (now += by), asked: () => asked };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it("are at hand at once, and the next call sees the new ones", async () => {
    const { keys, pass, asked } = source([async () => [key("a")], async () => [key("b")]]);
    const a = await keys.find("a", "ES256");
    pass(12);
    expect(await keys.find("a", "ES256")).toBe(a);
    await settled();
    expect(asked()).toBe(2);
    expect(a !== undefined && keys.trusts(a)).toBe(false);
  });

  it("are not at hand any more when they are ripe", async () => {
    let answer: ((keys: readonly SigningKey[]) => void) | undefined;
    const late = () => new Promise<readonly SigningKey[]>((resolve) => (answer = resolve));
    const { keys, pass } = source([async () => [key("a")], late]);
    await keys.find("a", "ES256");
    pass(21);
    let found = false;
    const waiting = keys.find("a", "ES256").then(() => (found = true));
    await settled();
    expect(found).toBe(false);
    answer?.([key("a")]);
    await waiting;
  });

  it("in an outage serve up to their bound, asked for once a back-off, and then nobody", async () => {
    const down = () => Promise.reject(new Error("down"));
    const { keys, pass, asked } = source([async () => [key("a")], down]);
    const a = await keys.find("a", "ES256");
    pass(50);
    for (let n = 0; n < 10; n += 1) expect(await keys.find("a", "ES256")).toBe(a);
    expect(a !== undefined && keys.trusts(a)).toBe(true);
    expect(asked()).toBe(2);
    pass(51);
    await expect(keys.find("a", "ES256")).rejects.toThrow("down");
    expect(a !== undefined && keys.trusts(a)).toBe(false);
  });

  it("a key that is fetched again is the same one", async () => {
    const { keys, pass } = source([async () => [key("a")], async () => [key("b"), key("a")]]);
    const a = await keys.find("a", "ES256");
    pass(30);
    expect(await keys.find("a", "ES256")).toBe(a);
  });
});
