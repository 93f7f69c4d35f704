import type { PrincipalMapping } from "../policy/index.js";
import type { Identity } from "./principal.js";

type Claims = Readonly<Record<string, unknown>>;

/** Who a verified token speaks of. A string says which claim is missing or has another type than it must. */
export function toIdentity(scheme: string, mapping: PrincipalMapping, claims: Claims): Identity | string {
  const subject = text(claims, "sub");
  if (subject === undefined) return "sub is missing or not a string";
  const parts = mapping.id.map((name) => text(claims, name));
  if (parts.length === 0 || parts.some((part) => part === undefined))
    return `one of ${mapping.id.join(", ")} is not a string`;
  const tenant = mapping.tenant === undefined ? undefined : text(claims, mapping.tenant);
  // A tenant that is mapped and missing must not become a caller of no tenant (R29).
  if (mapping.tenant !== undefined && tenant === undefined) return `${mapping.tenant} is missing or not a string`;
  return {
    scheme,
    id: joinId(parts as readonly string[]),
    subject,
    issuer: text(claims, "iss"),
    client: text(claims, "client_id") ?? text(claims, "azp"),
    tenant,
    scopes: new Set(scopesOf(claims)),
    roles: new Set(rolesOf(mapping, claims)),
    claims,
  };
}

/** Several claims are joined so that no two lists of parts have one id. */
function joinId(parts: readonly string[]): string {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return parts.map((part) => part.replace(/[%|]/g, encodeURIComponent)).join("|");
}

/** RFC 8693, 4.2: `scope` is one string with spaces. Some providers send a list in `scp`; it counts where `scope` is absent. */
function scopesOf(claims: Claims): readonly string[] {
  const stated = Object.hasOwn(claims, "scope") ? claims.scope : claims.scp;
  if (typeof stated === "string") return stated.split(" ").filter((scope) => scope !== "");
  return strings(stated);
}

function rolesOf({ roles }: PrincipalMapping, claims: Claims): readonly string[] {
  if (roles === undefined) return [];
  const stated = at(claims, roles.claim);
  const names = typeof stated === "string" ? [stated] : strings(stated);
  const { map } = roles;
  if (map === undefined) return names;
  // A name that the map does not know stands for none of our roles, even where one of ours is spelt the same.
  return names.flatMap((name) => (Object.hasOwn(map, name) ? (map[name] ?? []) : []));
}

/** The value at an RFC 6901 pointer; own properties only. */
function at(claims: Claims, pointer: string): unknown {
  const tokens = pointer
    .split("/")
    .slice(1)
    .map((token) => token.replace(/~1/g, "/").replace(/~0/g, "~"));
  return tokens.reduce<unknown>(
    (value, name) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined,
    claims,
  );
}

function text(claims: Claims, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string" && one !== "") : [];
}
