/**
 * One entry of an OpenAPI Security Requirement Object. What `needs` means follows from the scheme: scopes for OAuth 2.0 and
 * OpenID Connect, role names for every other kind (OpenAPI 3.1, 4.8.30). All of them are required.
 */
export interface SchemeUse {
  readonly scheme: string;
  readonly needs: readonly string[];
}

/** Credentials that must all be presented. An empty clause lets an anonymous caller in. */
export interface Clause {
  readonly allOf: readonly SchemeUse[];
}

/** Who may call: alternatives of which one must hold, or everybody, because the spec says `security: []` aloud. */
export type Access = { readonly kind: "restricted"; readonly anyOf: readonly Clause[] } | { readonly kind: "public" };

/** `security: []`: no credential is asked for, and none is read. */
export const publicAccess: Access = { kind: "public" };

/** `{}` in a list of requirements: callers without any credential are let in. One who presents a bad credential is not. */
export const anonymous: Clause = { allOf: [] };

/** A credential of this scheme, with these scopes or roles. */
/* @__NO_SIDE_EFFECTS__ */
export function scheme(name: string, ...needs: readonly string[]): SchemeUse {
  return { scheme: name, needs };
}

/** Every one of these credentials (the AND of a Security Requirement Object). */
/* @__NO_SIDE_EFFECTS__ */
export function allOf(...uses: readonly SchemeUse[]): Clause {
  return { allOf: uses };
}

/** One of these clauses (the OR of a list of Security Requirement Objects). */
/* @__NO_SIDE_EFFECTS__ */
export function anyOf(...clauses: readonly Clause[]): Access {
  return { kind: "restricted", anyOf: clauses };
}
