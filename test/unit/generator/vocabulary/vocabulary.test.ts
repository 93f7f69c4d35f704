import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { unenforced } from "../../../../generator/vocabulary/enforced.js";
import { vocabularyJsonSchema } from "../../../../generator/vocabulary/publish.js";
import { placements, readAnnotation } from "../../../../generator/vocabulary/read.js";
import { samples, saying } from "./samples.js";

interface Validator {
  readonly compile: (schema: object) => (value: unknown) => boolean;
}
const { default: Ajv } = createRequire(import.meta.url)("@redocly/ajv/dist/2020.js") as {
  readonly default: new (options: object) => Validator;
};

describe("the vocabulary", () => {
  it("has samples for every key of every placement", () => {
    for (const [placement, schema] of Object.entries(placements)) {
      const keys = Object.keys((schema as unknown as { readonly shape: object }).shape).filter(
        (key) => key !== "reason" && key !== "vocabulary",
      );
      expect(
        samples
          .filter(([one]) => one === placement)
          .map(([, key]) => key)
          .sort(),
      ).toEqual(keys.sort());
    }
  });

  it.each(samples)("%s %s takes what it should, and nothing else", (placement, key, good, bad) => {
    for (const value of good)
      expect(readAnnotation(placement, saying(placement, key, value)), JSON.stringify(value)).toEqual([]);
    for (const value of bad) {
      const faults = readAnnotation(placement, saying(placement, key, value));
      expect(faults.length, JSON.stringify(value)).toBeGreaterThan(0);
      expect(faults.every((fault) => fault.path[0] === key)).toBe(true);
    }
  });

  it("is closed: an unknown key is said with those that are known", () => {
    const [fault] = readAnnotation("operation", { object: { type: "A", id: "path:a", ower: {} } });
    expect(fault).toMatchObject({ path: ["object", "ower"], message: 'Unknown key "ower"' });
    expect(fault?.allowed).toContain("owner");
  });

  it.each(["authz", "rateLimits", "limits", "audit", "retries"])("%s: none needs a reason", (key) => {
    expect(readAnnotation("operation", { [key]: "none" })).toMatchObject([{ path: [key] }]);
    expect(readAnnotation("operation", { [key]: "none", reason: "because" })).toEqual([]);
  });

  it("knows which days there are, and that one key twice is no backup", () => {
    expect(readAnnotation("operation", { lifecycle: { sunset: "2027-02-29" } })).toMatchObject([
      { path: ["lifecycle", "sunset"], message: "sunset: there is no such day" },
    ]);
    expect(readAnnotation("operation", { lifecycle: { sunset: "2028-02-29" } })).toEqual([]);
    const pin = `sha256/${"A".repeat(43)}=`;
    expect(readAnnotation("server", { tls: { pins: [pin, pin] } })).toMatchObject([{ path: ["tls", "pins"] }]);
  });

  it("keeps its own words: no role is named like one", () => {
    const [fault] = readAnnotation("root", { vocabulary: 1, roles: { deny: {} } });
    expect(fault).toMatchObject({ path: ["roles", "deny"] });
    expect(fault?.message).toMatch(/^deny: .*the role needs another name$/);
  });

  it("is an annotation of version 1, or none", () => {
    expect(readAnnotation("root", {})).not.toEqual([]);
    expect(readAnnotation("root", { vocabulary: 2 })).not.toEqual([]);
    for (const odd of [null, [], "x", 1]) expect(readAnnotation("root", odd)).not.toEqual([]);
  });
});

describe("the published JSON Schema", () => {
  const schema = vocabularyJsonSchema() as { readonly $defs: Readonly<Record<string, object>> };

  it.each(Object.keys(placements))("%s accepts and refuses as the reader does", (placement) => {
    // Ajv does not know the formats' absence of meaning; patterns are what decides.
    const validate = new Ajv({ strict: false, allErrors: false }).compile({
      ...schema,
      anyOf: undefined,
      $ref: `#/$defs/${placement}`,
    });
    for (const [, key, good, bad] of samples.filter(([one]) => one === placement)) {
      for (const value of good)
        expect(validate(saying(placement as never, key, value)), `${key} ${JSON.stringify(value)}`).toBe(true);
      for (const value of bad)
        expect(validate(saying(placement as never, key, value)), `${key} ${JSON.stringify(value)}`).toBe(false);
    }
    expect(validate(saying(placement as never, "unknown", 1))).toBe(false);
  });
});

describe("what is not enforced yet", () => {
  it.each([
    ["root", { roles: { a: { scopes: ["x"] } } }, "roles.a.scopes"],
    ["root", { defaults: { cache: "public" } }, "defaults.cache"],
    ["operation", { limits: "none" }, "limits"],
    ["scheme", { jwt: { symmetric: true } }, "jwt.symmetric"],
  ] as const)("%s %j", (placement, said, path) => {
    expect(unenforced(placement, said).map((one) => one.join("."))).toEqual([path]);
  });

  it("what asks for nothing stops nothing", () => {
    expect(
      unenforced("root", {
        cors: { web: { origins: ["https://a.example"] } },
        defaults: { cors: "none", cost: 1, cache: "no-store" },
        rateLimits: { a: { algorithm: "gcra", unit: "requests" } },
      }),
    ).toEqual([]);
    expect(
      unenforced("scheme", {
        binding: "none",
        jwt: { symmetric: false, revocation: "none" },
        apiKey: { hash: "sha256", entropyBits: 160 },
        acceptDeprecated: { until: "2027-01-01" },
      }),
    ).toEqual([]);
    expect(unenforced("schema", { read: "admin", write: "admin", immutable: true, onWrite: "reject" })).toEqual([]);
    expect(
      unenforced("server", { trustedProxies: ["10.0.0.1"], forwarded: "forwarded", tls: { minVersion: "TLSv1.2" } }),
    ).toEqual([]);
  });
});
