/** Each role with the roles it inherits directly. */
export type RoleTable = Readonly<Record<string, readonly string[]>>;

/** Which roles a caller must hold, besides what `access` asks for. */
export type RoleRule =
  | { readonly kind: "role"; readonly role: string }
  | { readonly kind: "anyRole"; readonly of: readonly RoleRule[] }
  | { readonly kind: "allRoles"; readonly of: readonly RoleRule[] }
  | { readonly kind: "owner" }
  | { readonly kind: "deny" };

/** Whoever owns the object of the call, as its `owner` rule finds. For properties only: whether a caller may call is known before. */
export const objectOwner: RoleRule = { kind: "owner" };

/** Nobody may call: the operation is described, and closed. */
export const deny: RoleRule = { kind: "deny" };

/** The caller holds this role, or one that inherits it. */
/* @__NO_SIDE_EFFECTS__ */
export function role(name: string): RoleRule {
  return { kind: "role", role: name };
}

/** One of these rules holds. */
/* @__NO_SIDE_EFFECTS__ */
export function anyRole(...rules: readonly RoleRule[]): RoleRule {
  return { kind: "anyRole", of: rules };
}

/** All of these rules hold. */
/* @__NO_SIDE_EFFECTS__ */
export function allRoles(...rules: readonly RoleRule[]): RoleRule {
  return { kind: "allRoles", of: rules };
}
