import type { Access, SchemeUse } from "../model/security.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { byText, entriesOf, listOf, sorted, textsOf } from "./node.js";

/** What the annotation adds to `security`: `authenticated` closes the door that `{}` opens. */
export type Authentication = "authenticated" | "asSecurity";

/**
 * Who may call, from the effective `security` of an operation: a list is OR, an object is AND, `{}` lets anonymous callers in, `[]`
 * is public (OpenAPI 4.8.30). The order of alternatives is kept, as it is the client's order of preference; that of scopes means nothing.
 * @param security `undefined` where nothing declares it.
 */
export function lowerAccess(
  run: Lowering,
  operation: SpecObject,
  security: SpecValue | undefined,
  authentication: Authentication,
): Access {
  const requirements = listOf(security);
  if (requirements === undefined) return undeclared(run, operation);
  if (requirements.length === 0) return { kind: "public" };
  const clauses = requirements.map(clauseOf);
  const anyOf = authentication === "authenticated" ? clauses.filter((clause) => clause.length > 0) : clauses;
  if (anyOf.length === 0) {
    complain(run, operation, undefined, {
      code: "SP290",
      message: "The operation asks for an authenticated caller, and its security asks for no credential.",
      fix: "Name a scheme in security, or drop authz.",
    });
  }
  return { kind: "restricted", anyOf };
}

function clauseOf(requirement: SpecValue): readonly SchemeUse[] {
  return entriesOf(requirement)
    .map(([scheme, needs]) => ({ scheme, needs: sorted(textsOf(needs)) }))
    .sort((a, b) => byText(a.scheme, b.scheme));
}

/** Undeclared security is an error, never public; but a client sends what it is given, whoever wrote the spec. */
function undeclared(run: Lowering, operation: SpecObject): Access {
  if (run.clientOnly) return { kind: "public" };
  complain(run, operation, undefined, {
    code: "SP291",
    message: "No security is declared for the operation.",
    fix: "Add security to the operation or to the root; security: [] says public.",
  });
  return { kind: "restricted", anyOf: [] };
}
