import { docComment } from "../code/comment.js";
import { identifier, isIdentifier, use } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { array, call, object, thunk } from "../code/shapes.js";
import type { Api } from "../model/api.js";
import type { Cors } from "../model/security.js";
import { isSaid, modules } from "./names.js";
import { limitCode } from "./policy/limits.js";
import { boundsCode, operationCode } from "./policy/operation.js";
import { optional, schemeCode } from "./policy/scheme.js";
import { sensitivityCode } from "./policy/sensitivity.js";
import { serverCode, variableNames } from "./policy/server.js";
import { versioningCode } from "./policy/versioning.js";
import type { View } from "./view.js";

/** The format of policies that is written: the runtime refuses one that it does not know. */
export const policyFormat = 1;

/** policy.ts: who may call what. Every fact of security stands here, and nowhere else. */
export function policyView(api: Api): View {
  const limits = constNames(api.limits, "Limit", taken(api));
  const cors = constNames(api.cors, "Cors", [...taken(api), ...limits.values()]);
  const limit = (name: string) => identifier(limits.get(name) ?? name);
  const sensitivity = sensitivityCode(api);
  const corsOf = (name: string) => identifier(cors.get(name) ?? name);
  return {
    template: "policy",
    data: {
      hasShared: api.limits.length + api.cors.length > 0,
      shared: [
        ...api.limits.map((one) => ({ name: limit(one.name), value: limitCode(one) })),
        ...api.cors.map((one) => ({ name: corsOf(one.name), value: corsCode(one) })),
      ],
      title: docComment(`${api.title} ${api.version}`),
      api: apiCode(api),
      hasSensitive: sensitivity !== undefined,
      sensitivity: sensitivity ?? false,
      operations: api.operations.map((operation) => ({
        doc: isSaid(operation.summary) ? docComment(operation.summary) : false,
        name: identifier(operation.id),
        value: thunk(use("operation", modules.policy), operationCode(operation, { api, limit, cors: corsOf })),
      })),
    },
  };
}

/** What the consts of policy.ts may not be called: it holds these names already. */
function taken(api: Api): readonly string[] {
  return [...api.operations.map((one) => one.id), ...builders, "api", "sensitivity"];
}

/** The const of each limit and CORS policy: its name, unless that is no identifier or something else is called so. */
function constNames(
  all: readonly { readonly name: string }[],
  suffix: string,
  others: readonly string[],
): ReadonlyMap<string, string> {
  const names = new Set(others);
  return new Map(
    all.map(({ name }) => {
      const word = name.replace(/[^A-Za-z0-9_$]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase());
      const wanted = /^[A-Za-z_$]/.test(word) ? word : `_${word}`;
      let free = wanted;
      for (let count = 1; names.has(free) || !isIdentifier(free); count++)
        free = `${wanted}${suffix}${count > 1 ? count : ""}`;
      names.add(free);
      return [name, free];
    }),
  );
}

/** The words of `@sallyport/runtime/policy` that this file may import. */
const builders =
  "access allOf allRoles anonymous anyOf anyRole cors custom deny deprecated env limit objectOwner operation owner publicAccess role scheme tenant write".split(
    " ",
  );

function corsCode({ origins, credentials, maxAge }: Cors): Code {
  const rule = { origins, ...(credentials ? { credentials } : {}), ...(maxAge === "5s" ? {} : { maxAge }) };
  return call(use("cors", modules.policy), [literal(rule)]);
}

function apiCode(api: Api): Code {
  const variables = variableNames(api);
  return object(
    [
      { key: "format", value: literal(policyFormat) },
      { key: "title", value: literal(api.title) },
      { key: "servers", value: array(api.servers.map(serverCode)) },
      ...(variables.length > 0 ? [{ key: "variables", value: literal(variables) }] : []),
      { key: "schemes", value: byName(api.schemes.map((one) => ({ key: one.name, value: schemeCode(one) }))) },
      { key: "roles", value: object(api.roles.map(({ name, inherits }) => ({ key: name, value: literal(inherits) }))) },
      ...optional("versioning", api.versioning, versioningCode),
      { key: "bounds", value: boundsCode(api.bounds) },
      { key: "retries", value: literal({ ...api.retries }) },
    ],
    { open: true },
  );
}

function byName(entries: readonly { readonly key: string; readonly value: Code }[]): Code {
  return object(entries, { open: entries.length > 0 });
}
