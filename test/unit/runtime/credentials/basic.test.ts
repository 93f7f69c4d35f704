import { describe, expect, it } from "vitest";
import { type BasicFacts, basic } from "../../../../runtime/src/credentials/basic.js";
import type { Refusal } from "../../../../runtime/src/problem/refusal.js";
import { refuse } from "../../../../runtime/src/problem/refuse.js";
import { exchangeWith } from "../../../support/exchange.js";
import { bindTo, gist } from "../../../support/verifying.js";

const refused = "401 unauthenticated";
const encode = (text: string | Uint8Array) => Buffer.from(text as string).toString("base64");

const people: Record<string, BasicFacts & { readonly password: string }> = {
  ann: { password: "päss:word", roles: ["teller"], scopes: ["a"], tenant: "t" },
  bob: { password: "", id: "user-2" },
};
const check = (user: string, password: string) => {
  const found = Object.hasOwn(people, user) ? people[user] : undefined;
  return found?.password === password ? found : undefined;
};

const verdictOn = async (
  authorization: string | readonly string[],
  verify: Parameters<typeof basic>[0]["verify"] = check,
) => bindTo(basic({ verify }), { kind: "basic" }).verify(exchangeWith({ authorization }));

describe("HTTP basic", () => {
  it("takes a user and a password in UTF-8; the password may hold colons or be empty", async () => {
    const verdict = await verdictOn(`Basic ${encode("ann:päss:word")}`);
    expect(gist(verdict)).toBe("ann");
    expect(verdict).toMatchObject({ subject: "ann", tenant: "t", roles: new Set(["teller"]), scopes: new Set(["a"]) });
    expect(gist(await verdictOn(`bASIC ${encode("bob:")}`))).toBe("user-2");
  });

  it("is not there: no verdict", async () => {
    expect(gist(await verdictOn([]))).toBe("nothing");
    expect(gist(await verdictOn("Bearer x"))).toBe("nothing");
  });

  it.each([
    ["a wrong password", encode("ann:wrong")],
    ["an unknown user", encode("eve:päss:word")],
    ["no colon", encode("ann")],
    ["no user", encode(":x")],
    ["another charset", encode(new Uint8Array([97, 58, 0xe4]))],
    ["control characters", encode("ann:x\u0000")],
    ["what is not base64", "ann:päss"],
    ["a second spelling of base64", encode("bob:").replace("=", "")],
    ["base64url", `${encode("ann:??>>").replace(/\+/g, "-").replace(/\//g, "_")}_`],
    ["nothing", ""],
    ["too much", encode(`ann:${"x".repeat(5_000)}`)],
  ])("%s is refused with the same words", async (_, text) => {
    const verdict = await verdictOn(`Basic ${text}`);
    expect(gist(verdict)).toBe(refused);
    expect((verdict as Refusal).title).toBe("The credential is not valid");
    expect((verdict as Refusal).detail).toBeUndefined();
  });

  it("twice is no request", async () => {
    expect(gist(await verdictOn([`Basic ${encode("bob:")}`, `Basic ${encode("bob:")}`]))).toBe("400 invalid_request");
  });

  it("fails closed when the check fails", async () => {
    const boom = () => {
      throw new Error("database");
    };
    expect(gist(await verdictOn(`Basic ${encode("bob:")}`, boom))).toBe("503 unavailable");
    expect(gist(await verdictOn(`Basic ${encode("bob:")}`, async () => boom()))).toBe("503 unavailable");
    expect(
      gist(
        await verdictOn(`Basic ${encode("bob:")}`, () => {
          throw refuse(429);
        }),
      ),
    ).toBe("429 handler_problem");
    expect(gist(await verdictOn(`Basic ${encode("bob:")}`, () => ({ id: "" })))).toBe(refused);
  });

  it("has the challenge of RFC 7617", () => {
    const bound = bindTo(basic({ verify: check }), { kind: "basic" });
    expect(bound.challenge()).toBe('Basic realm="oidc", charset="UTF-8"');
  });
});
