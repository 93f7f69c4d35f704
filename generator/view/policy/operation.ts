import { use } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { array, call, type Entry, object } from "../../code/shapes.js";
import type { Api, Operation } from "../../model/api.js";
import type { Access, Audit, Lifecycle, SchemeUse, StepUp } from "../../model/security.js";
import { modules, route } from "../names.js";
import { paceEntries } from "./limits.js";
import { objectCode } from "./object.js";
import { pagesCode } from "./pages.js";
import { readCode, urlsCode, writeCode } from "./properties.js";
import { roleCode } from "./roles.js";
import { optional } from "./scheme.js";
import { serverCode } from "./server.js";

const word = (name: string) => use(name, modules.policy);

/** What is the same for every operation. */
export interface PolicyContext {
  readonly api: Api;
  /** The const of a limit. */
  readonly limit: (name: string) => Code;
  /** The const of a CORS policy. */
  readonly cors: (name: string) => Code;
}

/** What one operation asks of its callers. What is as the API has it is not said again. */
export function operationCode(operation: Operation, { api, limit, cors }: PolicyContext): Code {
  const { limits, bounds, retries } = operation;
  return object(
    [
      { key: "method", value: literal(operation.method) },
      { key: "path", value: literal(operation.path) },
      ...optional("since", operation.since, literal),
      { key: "access", value: accessCode(operation.access) },
      ...optional("authz", operation.authz, roleCode),
      ...optional("stepUp", operation.stepUp, stepUpCode),
      ...optional("object", operation.object, objectCode),
      ...(operation.read.length > 0 ? [{ key: "read", value: readCode(operation.read) }] : []),
      ...(operation.write.length > 0 ? [{ key: "write", value: writeCode(operation.write) }] : []),
      ...(operation.urls.length > 0 ? [{ key: "urls", value: urlsCode(operation.urls) }] : []),
      ...(limits.length > 0 ? [{ key: "limits", value: array(limits.map(({ name }) => limit(name))) }] : []),
      ...paceEntries(operation.pace),
      ...optional("idempotency", operation.idempotency, (rule) => literal({ ...rule })),
      ...(isSame(bounds, api.bounds) ? [] : [{ key: "bounds", value: boundsCode(bounds) }]),
      ...optional("cors", operation.cors, cors),
      ...optional("lifecycle", operation.lifecycle, (life) => lifecycleCode(life, api)),
      ...optional("audit", operation.audit, auditCode),
      ...(isSame(retries, api.retries) ? [] : [{ key: "retries", value: literal({ ...retries }) }]),
      ...optional("timeout", operation.timeout, literal),
      ...optional("pagination", operation.pagination, pagesCode),
      ...(operation.servers.length > 0 ? [{ key: "servers", value: array(operation.servers.map(serverCode)) }] : []),
    ],
    { open: true },
  );
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function boundsCode(bounds: Api["bounds"]): Code {
  return literal({ ...bounds });
}

function accessCode(access: Access): Code {
  return access.kind === "public" ? word("publicAccess") : call(word("anyOf"), access.anyOf.map(clauseCode));
}

function clauseCode(clause: readonly SchemeUse[]): Code {
  if (clause.length === 0) return word("anonymous");
  return call(
    word("allOf"),
    clause.map(({ scheme, needs }) => call(word("scheme"), [scheme, ...needs].map(literal))),
  );
}

function stepUpCode({ acr, maxAge }: StepUp): Code {
  return object([...optional("acr", acr, literal), ...optional("maxAge", maxAge, literal)]);
}

function lifecycleCode(life: Lifecycle, api: Api): Code {
  const successor = api.operations.find((one) => one.id === life.successor);
  const facts: readonly Entry[] = [
    { key: "deprecatedAt", value: literal(life.deprecatedAt) },
    ...optional("sunset", life.sunset, literal),
    ...optional("successor", successor, (one) => literal(route(one))),
    ...optional("docs", life.docs, literal),
    ...(life.afterSunset === "gone" ? [] : [{ key: "afterSunset", value: literal(life.afterSunset) }]),
  ];
  return call(word("deprecated"), [object(facts)]);
}

function auditCode({ level, event, subject, fields }: Audit): Code {
  const detail: readonly Entry[] = [
    ...optional("subject", subject, (one) => literal({ from: `${one.in}:${one.name}`, mask: one.mask })),
    ...(fields.length > 0
      ? [{ key: "fields", value: object(fields.map(({ pointer, mask }) => ({ key: pointer, value: literal(mask) }))) }]
      : []),
  ];
  return call(word(level), detail.length > 0 ? [literal(event), object(detail)] : [literal(event)]);
}
