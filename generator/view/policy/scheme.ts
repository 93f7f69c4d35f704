import { use } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { array, call, type Entry, object } from "../../code/shapes.js";
import type { JwtRules, KeyRules, PrincipalMapping, Scheme, Setting } from "../../model/security.js";
import { modules } from "../names.js";

/** A security scheme, as the runtime verifies it. */
export function schemeCode(scheme: Scheme): Code {
  return object([
    ...schemeEntries(scheme),
    ...optional("acceptedUntil", scheme.acceptedUntil, literal),
    ...optional("mask", scheme.mask === "plain" ? undefined : scheme.mask, literal),
  ]);
}

function schemeEntries(scheme: Scheme): readonly Entry[] {
  switch (scheme.kind) {
    case "token":
      return [
        { key: "kind", value: literal("token") },
        { key: "type", value: literal(scheme.type) },
        ...optional("discovery", scheme.discovery, settingCode),
        ...optional("tokenUrl", scheme.tokenUrl, literal),
        { key: "jwt", value: jwtCode(scheme.jwt) },
        ...optional("introspection", scheme.introspection, ({ endpoint, cacheTtl }) =>
          object([
            { key: "endpoint", value: settingCode(endpoint) },
            { key: "cacheTtl", value: literal(cacheTtl) },
          ]),
        ),
        ...optional("binding", scheme.binding, literal),
        ...optional("dpop", scheme.dpop, (rules) => literal({ ...rules })),
        { key: "principal", value: principalCode(scheme.principal) },
      ];
    case "apiKey":
      return [
        { key: "kind", value: literal("apiKey") },
        { key: "in", value: literal(scheme.in) },
        { key: "name", value: literal(scheme.header) },
        ...keyEntries(scheme.keys),
        ...optional("cookie", scheme.cookie, (rules) => literal({ ...rules })),
      ];
    case "basic":
      return [{ key: "kind", value: literal("basic") }];
    case "http":
      return [
        { key: "kind", value: literal("http") },
        { key: "scheme", value: literal(scheme.scheme) },
      ];
    case "certificate":
      return [
        { key: "kind", value: literal("certificate") },
        ...optional("principal", scheme.principal, ({ id, tenant }) =>
          object([{ key: "id", value: literal(id) }, ...optional("tenant", tenant, literal)]),
        ),
      ];
    default:
      return scheme satisfies never;
  }
}

/** An entry that is there when its value is. */
export function optional<T>(key: string, value: T | undefined, print: (value: T) => Code): readonly Entry[] {
  return value === undefined ? [] : [{ key, value: print(value) }];
}

/** What a reader need not be told is what holds anyway. */
function keyEntries({ prefix, entropyBits, hash, pepper, expires, rotation }: KeyRules): readonly Entry[] {
  return [
    ...optional("prefix", prefix, literal),
    ...optional("entropyBits", entropyBits === 160 ? undefined : entropyBits, literal),
    ...optional("hash", hash === "sha256" ? undefined : hash, literal),
    ...optional("pepper", pepper.length === 0 ? undefined : pepper, (all) => array(all.map(settingCode))),
    ...optional("expires", expires === "optional" ? undefined : expires, literal),
    ...optional("rotation", rotation, literal),
  ];
}

function jwtCode(rules: JwtRules): Code {
  return object([
    ...optional("issuer", rules.issuer, settingCode),
    ...optional("jwksUri", rules.jwksUri, settingCode),
    { key: "audience", value: array(rules.audience.map(settingCode)) },
    { key: "algorithms", value: literal(rules.algorithms) },
    { key: "typ", value: literal(rules.typ) },
    { key: "clockSkew", value: literal(rules.clockSkew) },
    ...optional("maxAge", rules.maxAge, literal),
    ...optional("revocation", rules.revocation, literal),
  ]);
}

function principalCode({ id, tenant, plan, roles }: PrincipalMapping): Code {
  return object([
    { key: "id", value: literal(id) },
    ...optional("tenant", tenant, literal),
    ...optional("plan", plan, literal),
    ...optional("roles", roles, ({ claim, map }) =>
      object([{ key: "claim", value: literal(claim) }, ...optional("map", map, literal)]),
    ),
  ]);
}

/** A value of the spec, or the name of the variable that supplies it when the server starts. */
export function settingCode(setting: Setting): Code {
  return setting.kind === "literal"
    ? literal(setting.value)
    : call(use("env", modules.policy), [literal(setting.name)]);
}
