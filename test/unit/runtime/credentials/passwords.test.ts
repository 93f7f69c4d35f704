import type { ScryptOptions } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { basic } from "../../../../runtime/src/credentials/basic.js";
import { hashPassword, type PasswordRecord, passwords } from "../../../../runtime/src/credentials/passwords.js";
import { exchangeWith } from "../../../support/exchange.js";
import { bindTo, gist } from "../../../support/verifying.js";

/** What each hash would have cost; it is made with less, so that the tests take no minute. */
const costs = vi.hoisted((): object[] => []);
vi.mock("node:crypto", async (load) => {
  const real = await load<typeof import("node:crypto")>();
  type Done = Parameters<typeof real.scrypt>[4];
  const scrypt = (password: string, salt: Buffer, length: number, { N, r, p }: ScryptOptions, done: Done) => {
    costs.push({ N, r, p });
    real.scrypt(password, salt, length, { N: 16 }, done);
  };
  return { ...real, scrypt };
});

const users = new Map<string, PasswordRecord>();
const verify = passwords((user) => users.get(user));
beforeAll(async () => {
  users.set("ann", { id: "user-1", roles: ["teller"], passwordHash: await hashPassword("pässword") });
});

describe("passwords", () => {
  it("the right one says who the user is, and nothing of the hash", async () => {
    expect(await verify("ann", "pässword")).toEqual({ id: "user-1", roles: ["teller"] });
    expect(await verify("ann", "pa\u0308ssword")).toEqual({ id: "user-1", roles: ["teller"] });
  });

  it("a wrong one and an unknown user are the same", async () => {
    expect(await verify("ann", "password")).toBeUndefined();
    expect(await verify("ann", "")).toBeUndefined();
    expect(await verify("eve", "pässword")).toBeUndefined();
  });

  it("are kept with a salt of their own, and never as they are", async () => {
    const [one, two] = await Promise.all([hashPassword("x"), hashPassword("x")]);
    expect(one).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$/);
    expect(one).not.toBe(two);
  });

  it("an unknown user costs one hash of the same work as a known one", async () => {
    for (const user of ["ann", "eve", "", "__proto__"]) {
      costs.length = 0;
      await verify(user, "wrong");
      expect(costs, user).toEqual([{ N: 131_072, r: 8, p: 1 }]);
    }
  });

  it.each([
    "",
    "plain",
    "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  ])("R12 a hash like %j is our fault: 503, and nobody gets in", async (passwordHash) => {
    const bound = bindTo(basic({ verify: passwords(() => ({ id: "x", passwordHash })) }), { kind: "basic" });
    const authorization = `Basic ${Buffer.from("x:y").toString("base64")}`;
    expect(gist(await bound.verify(exchangeWith({ authorization })))).toBe("503 unavailable");
  });
});
