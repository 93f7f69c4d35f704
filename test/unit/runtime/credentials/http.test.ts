import { describe, expect, it } from "vitest";
import { verifier } from "../../../../runtime/src/credentials/custom.js";
import { exchangeWith } from "../../../support/exchange.js";
import { bindTo, gist } from "../../../support/verifying.js";

const scheme = { kind: "http", scheme: "oauth" } as const;
const own = verifier({
  kind: "http",
  verify: (exchange) => {
    const [line] = exchange.headers.all("authorization");
    if (line === undefined) return "none";
    return line === "OAuth good" ? { id: "ann" } : "bad";
  },
});

describe("an HTTP authentication scheme that is verified by code of one's own", () => {
  const bound = bindTo(own, scheme);
  const said = async (headers: Record<string, string>) => gist(await bound.verify(exchangeWith(headers)));

  it("says who calls, and who does not", async () => {
    expect(await said({ authorization: "OAuth good" })).toBe("ann");
    expect(await said({ authorization: "OAuth bad" })).toMatch(/^401/);
    expect(await said({})).toBe("nothing");
  });

  it("challenges by the scheme's own name (RFC 9110, 11.6.1)", () =>
    expect(JSON.stringify(bound.challenge())).toMatch(/oauth realm/));

  it("is bound to a scheme of its kind alone", () => expect(() => bindTo(own, { kind: "basic" })).toThrow());
});
