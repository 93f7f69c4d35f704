import { limit, publicAccess } from "@sallyport/runtime/policy";
import { refuse } from "@sallyport/runtime/server";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ask } from "../support/asking.js";
import { anyToken, open, type Sample } from "../support/contract.js";

const guesses = limit("login", {
  limit: 5,
  window: "15m",
  key: ["ip", "body:/email"],
  count: "failures",
  lockout: { after: 8, for: "1h" },
});
const login: Sample = {
  policy: { method: "POST", path: "/login", access: publicAccess, limits: [guesses] },
  wire: { body: { media: ["application/json"], required: true } },
  schemas: { body: { "application/json": z.object({ email: z.string(), password: z.string() }) } },
  handler: ({ body }: { body: { password: string } }) => {
    if (body.password === "right") return { status: 200, body: {} };
    throw refuse(body.password === "down" ? 503 : 403, { title: "Wrong password" });
  },
} as Sample;

function door() {
  let now = 1_800_000_000_000;
  const { api, runs, lines } = open({ login }, { now: () => now });
  const knock = async (password: string, { email = "ann@x.test", address = "192.0.2.1" } = {}) =>
    ask(api, "/login", { method: "POST", address, body: JSON.stringify({ email, password }) });
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { knock, runs, lines, pass };
}

const attacker = { address: "203.0.113.7" };

describe("R43 failures are counted, and nobody is locked out by another", () => {
  it("R43 so many failures, then no guess is even tried", async () => {
    const { knock, runs } = door();
    for (let n = 0; n < 5; n += 1) expect((await knock("wrong")).status).toBe(403);
    const refused = await knock("right");
    expect([refused.status, refused.json["violated-policies"]]).toEqual([429, ["login"]]);
    expect(runs.login).toBe(5);
  });

  it("R43 an attacker who uses up an account's guesses locks it for its own address, and for no other", async () => {
    const { knock } = door();
    for (let n = 0; n < 50; n += 1) await knock("wrong", attacker);
    expect((await knock("right", attacker)).status).toBe(429);
    expect((await knock("right")).status).toBe(200);
    // Nor does it lock other accounts for an address that it shares.
    expect((await knock("right", { ...attacker, email: "bob@x.test" })).status).toBe(200);
  });

  it("R43 successes are not counted, and do not clear failures: a login of one's own in between buys no guess", async () => {
    const { knock } = door();
    for (let n = 0; n < 20; n += 1) expect((await knock("right")).status).toBe(200);
    for (let n = 0; n < 5; n += 1) {
      expect((await knock("wrong")).status).toBe(403);
      if (n < 4) expect((await knock("right")).status).toBe(200);
    }
    expect((await knock("wrong")).status).toBe(429);
  });

  it("R43 a failure of the server is none of the caller's", async () => {
    const { knock } = door();
    for (let n = 0; n < 20; n += 1) expect((await knock("down")).status).toBe(503);
    expect((await knock("right")).status).toBe(200);
  });

  it("R43 another spelling of the account is the same account", async () => {
    const { knock } = door();
    for (let n = 0; n < 5; n += 1)
      await knock("wrong", { email: ["ann@x.test", "ANN@X.TEST", " Ann@x.test "][n % 3] as string });
    expect((await knock("wrong", { email: "aNN@x.test" })).status).toBe(429);
  });

  it("R39 R43 a hundred guesses at once: no more are tried than one after the other", async () => {
    const { knock, runs } = door();
    const answers = await Promise.all(Array.from({ length: 100 }, () => knock("wrong")));
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(5);
    expect(runs.login).toBe(5);
  });

  it("R43 failures that go on lead to a lockout; it ends, and waiting attempts do not prolong it", async () => {
    const { knock, pass, lines } = door();
    for (let n = 0; n < 5; n += 1) await knock("wrong");
    for (let n = 0; n < 3; n += 1) {
      pass(180_000);
      expect((await knock("wrong")).status).toBe(403);
    }
    pass(900_000);
    const locked = await knock("right");
    expect(locked.status).toBe(429);
    expect(locked.json.type).toBe("https://iana.org/assignments/http-problem-types#abnormal-usage-detected");
    expect(Number(locked.header("retry-after"))).toBe(2_700);
    expect(lines.at(-1)).toMatchObject({ event: "limit.refused", level: "security" });
    pass(2_699_000);
    expect((await knock("right")).status).toBe(429);
    pass(1_000);
    expect((await knock("right")).status).toBe(200);
  });

  it("R43 guesses at tokens are failures too, counted by address before a signature is looked at", async () => {
    const byIp = limit("tokens", { limit: 3, window: "1h", key: ["ip"], count: "failures" });
    const { api } = open({ a: { policy: { access: anyToken, limits: [byIp] } } });
    const call = async (who: string) => (await ask(api, "/a", { headers: { authorization: `Bearer ${who}` } })).status;
    for (let n = 0; n < 10; n += 1) expect(await call("ann")).toBe(200);
    for (let n = 0; n < 3; n += 1) expect(await call("bad")).toBe(401);
    expect([await call("bad"), await call("ann")]).toEqual([429, 429]);
  });
});
