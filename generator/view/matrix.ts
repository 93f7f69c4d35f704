import type { Api, Operation } from "../model/api.js";
import type { RoleRule, Scheme } from "../model/security.js";

/** Who may call one operation. */
export interface MatrixRow {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Alternatives of schemes that must all be there; none where the operation is public. */
  readonly via: readonly (readonly string[])[];
  readonly anonymous: boolean;
  /** Roles that may call; `none` is a caller without a role. */
  readonly may: readonly string[];
  readonly mayNot: readonly string[];
  readonly stepUp: boolean;
  readonly object:
    | {
        readonly type: string;
        readonly parameter: string;
        readonly unless: readonly string[];
        readonly deny: 403 | 404;
      }
    | undefined;
  readonly body: { readonly media: string; readonly required: boolean } | undefined;
}

/** Every operation by every kind of caller, as plain data. */
export function matrixOf(api: Api): readonly MatrixRow[] {
  const closed = new Map(api.roles.map(({ name }) => [name, reach(name, api)]));
  const callers = ["none", ...api.roles.map((one) => one.name)];
  return api.operations.map((operation) => {
    const clauses = operation.access.kind === "public" ? [] : operation.access.anyOf;
    const guarded = clauses.filter((clause) => clause.length > 0);
    const holds = (caller: string) => mayCall(operation, closed.get(caller) ?? new Set(), api);
    const asked = guarded.length === 0 ? [] : callers;
    return {
      id: operation.id,
      method: operation.method,
      path: operation.path,
      via: guarded.map((clause) => clause.map((use) => use.scheme)),
      anonymous: guarded.length < clauses.length,
      may: asked.filter(holds),
      mayNot: asked.filter((caller) => !holds(caller)),
      stepUp: operation.stepUp !== undefined,
      object: objectOf(operation, closed),
      body: bodyOf(operation),
    };
  });
}

/** A role and all that it inherits. */
function reach(name: string, { roles }: Api): ReadonlySet<string> {
  const seen = new Set([name]);
  // A set hands out what is added while it is walked.
  for (const one of seen)
    for (const inherited of roles.find((role) => role.name === one)?.inherits ?? []) seen.add(inherited);
  return seen;
}

function mayCall({ access, authz }: Operation, held: ReadonlySet<string>, api: Api): boolean {
  if (authz !== undefined && !satisfies(authz, held)) return false;
  if (access.kind === "public") return true;
  return access.anyOf.some((clause) =>
    clause.every(
      ({ scheme, needs }) =>
        hasScopes(api.schemes.find((one) => one.name === scheme)) || needs.every((role) => held.has(role)),
    ),
  );
}

/** The needs of every other scheme are roles (OpenAPI 3.1, 4.8.30). */
function hasScopes(scheme: Scheme | undefined): boolean {
  return scheme?.kind === "token" && scheme.type !== "bearer";
}

function satisfies(rule: RoleRule, held: ReadonlySet<string>): boolean {
  switch (rule.kind) {
    case "role":
      return held.has(rule.role);
    case "anyRole":
      return rule.of.some((one) => satisfies(one, held));
    case "allRoles":
      return rule.of.every((one) => satisfies(one, held));
    case "owner":
    case "deny":
      return false;
    default:
      return rule satisfies never;
  }
}

/** An object that the path names: a stranger can be given another's id. Roles that inherit an excepted one are excepted. */
function objectOf({ object }: Operation, closed: ReadonlyMap<string, ReadonlySet<string>>): MatrixRow["object"] {
  if (object?.target.kind !== "named" || object.target.id.in !== "path" || object.target.many) return undefined;
  const unless = [...closed].filter(([, held]) => object.unless.some((role) => held.has(role))).map(([name]) => name);
  return { type: object.type, parameter: object.target.id.name, unless, deny: object.target.deny };
}

function bodyOf({ request: { body } }: Operation): MatrixRow["body"] {
  const media = body?.media.find((one) => /^application\/(.+\+)?json$/.test(one.type));
  return body === undefined || media === undefined ? undefined : { media: media.type, required: body.required };
}
