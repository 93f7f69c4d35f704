import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { error, unknownName } from "./complaint.js";
import { follow, operationsOf } from "./operations.js";
import type { RuleOptions } from "./options.js";
import { isObject } from "./places.js";
import { misspeltScopes } from "./scopes.js";
import { undeclared } from "./undeclared.js";

/** Who may call, said wrongly or not at all. */
export function securityFaults(spec: Spec, options: RuleOptions): readonly Diagnostic[] {
  const operations = operationsOf(spec);
  const lists = new Set([
    spec.root.security,
    ...operations.flatMap(({ node, pathItem }) => [node.security, pathItem.security]),
  ]);
  const components = isObject(spec.root.components) ? spec.root.components : {};
  const schemes = isObject(components.securitySchemes) ? components.securitySchemes : {};
  const requirements = [...lists].flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : []));
  const providers = Object.keys(schemes).filter((name) => follow(spec, schemes[name])?.type === "openIdConnect");
  return [
    ...undeclared(spec, operations, options),
    ...[...lists].flatMap((list) => (Array.isArray(list) ? requirementFaults(spec, list, schemes) : [])),
    ...providers.flatMap((name) => misspeltScopes(spec, requirements, name)),
  ];
}

function requirementFaults(spec: Spec, list: readonly SpecValue[], schemes: SpecObject): readonly Diagnostic[] {
  return list.filter(isObject).flatMap((requirement) =>
    Object.keys(requirement).flatMap((name) => {
      const scheme = Object.hasOwn(schemes, name) ? follow(spec, schemes[name]) : undefined;
      if (scheme === undefined) {
        return [unknownName("SP202", "scheme", name, Object.keys(schemes).sort(), spec.at(requirement, name, "key"))];
      }
      return [...guardFaults(spec, requirement, name, scheme), ...needFaults(spec, requirement, name, scheme)];
    }),
  );
}

/** A scheme that no guard verifies would let everybody in. */
function guardFaults(spec: Spec, requirement: SpecObject, name: string, scheme: SpecObject): readonly Diagnostic[] {
  const at = spec.at(requirement, name, "key");
  const { type } = scheme;
  const http = String(scheme.scheme).toLowerCase();
  if (type === "apiKey" && scheme.in === "query") {
    const fix = "Send the key in a header: URLs are logged everywhere.";
    return [error("SP205", `The scheme ${JSON.stringify(name)} puts a key into the URL`, fix, at)];
  }
  if (
    type === "oauth2" ||
    type === "openIdConnect" ||
    type === "apiKey" ||
    type === "mutualTLS" ||
    (type === "http" && /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(http))
  )
    return [];
  const what = type === "http" ? `http ${http}` : String(type);
  return [
    error(
      "SP205",
      `There is no guard for ${what} yet`,
      "Use OAuth 2.0, OpenID Connect, an HTTP authentication scheme, mutual TLS or an API key.",
      at,
    ),
  ];
}

function needFaults(spec: Spec, requirement: SpecObject, name: string, scheme: SpecObject): readonly Diagnostic[] {
  const needs = requirement[name];
  if (!Array.isArray(needs)) return [];
  if (scheme.type === "oauth2") {
    const scopes = scopesOf(scheme);
    return unknownNeeds(spec, needs, scopes, "SP203", "scope");
  }
  // Which scopes an OpenID provider knows, its discovery document says, and no description: see scopes.ts.
  if (scheme.type === "openIdConnect" || needs.length === 0) return [];
  if (spec.dialect === "3.0") {
    const fix = "Write the roles as x-sallyport.authz of the operation: 3.0 wants the list empty.";
    return [error("SP204", `OpenAPI 3.0 knows no roles in ${JSON.stringify(name)}`, fix, spec.at(requirement, name))];
  }
  const roles = annotationOf(spec.root)?.roles;
  return unknownNeeds(spec, needs, isObject(roles) ? Object.keys(roles).sort() : [], "SP204", "role");
}

function unknownNeeds(
  spec: Spec,
  needs: readonly SpecValue[],
  known: readonly string[],
  code: "SP203" | "SP204",
  what: string,
): readonly Diagnostic[] {
  return needs.flatMap((need, index) =>
    typeof need !== "string" || known.includes(need)
      ? []
      : [unknownName(code, what, need, known, spec.at(needs, index))],
  );
}

function scopesOf(scheme: SpecObject): readonly string[] {
  const flows = isObject(scheme.flows) ? scheme.flows : {};
  const all = Object.keys(flows).flatMap((key) => {
    const flow = flows[key];
    return isObject(flow) && isObject(flow.scopes) ? Object.keys(flow.scopes) : [];
  });
  return [...new Set(all)].sort();
}
