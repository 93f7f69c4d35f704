import { docComment } from "../code/comment.js";
import { identifier, isIdentifier, use } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { array, call, object } from "../code/shapes.js";
import type { Api, Server } from "../model/api.js";
import type { Limit } from "../model/security.js";
import { isSaid, modules } from "./names.js";
import { boundsCode, operationCode } from "./policy/operation.js";
import { optional, schemeCode } from "./policy/scheme.js";
import type { View } from "./view.js";

/** The format of policies that is written: the runtime refuses one that it does not know. */
export const policyFormat = 1;

/** policy.ts: who may call what. Every fact of security stands here, and nowhere else. */
export function policyView(api: Api): View {
  const names = limitNames(api);
  const limit = (name: string) => identifier(names.get(name) ?? name);
  return {
    template: "policy",
    data: {
      hasLimits: api.limits.length > 0,
      limits: api.limits.map((one) => ({ name: limit(one.name), value: limitCode(one) })),
      title: docComment(`${api.title} ${api.version}`),
      api: apiCode(api),
      operations: api.operations.map((operation) => ({
        doc: isSaid(operation.summary) ? docComment(operation.summary) : false,
        name: identifier(operation.id),
        value: operationCode(operation, { api, limit }),
      })),
    },
  };
}

/** The const of each limit: its name, unless that is no identifier or something else is called so. */
function limitNames(api: Api): ReadonlyMap<string, string> {
  const taken = new Set([...api.operations.map((one) => one.id), ...builders, "api"]);
  return new Map(
    api.limits.map(({ name }) => {
      const word = name.replace(/[^A-Za-z0-9_$]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase());
      const wanted = /^[A-Za-z_$]/.test(word) ? word : `_${word}`;
      let free = wanted;
      for (let count = 1; taken.has(free) || !isIdentifier(free); count++)
        free = `${wanted}Limit${count > 1 ? count : ""}`;
      taken.add(free);
      return [name, free];
    }),
  );
}

/** The words of `@sallyport/runtime/policy` that this file may import. */
const builders =
  "access allOf allRoles anonymous anyOf anyRole deny deprecated env limit owner publicAccess role scheme write".split(
    " ",
  );

function limitCode({ name, limit, window, burst, key }: Limit): Code {
  const rule = { limit, window, key, ...(burst === limit ? {} : { burst }) };
  return call(use("limit", modules.policy), [literal(name), literal(rule)]);
}

function apiCode(api: Api): Code {
  return object(
    [
      { key: "format", value: literal(policyFormat) },
      { key: "title", value: literal(api.title) },
      { key: "servers", value: array(api.servers.map(serverCode)) },
      { key: "schemes", value: byName(api.schemes.map((one) => ({ key: one.name, value: schemeCode(one) }))) },
      { key: "roles", value: object(api.roles.map(({ name, inherits }) => ({ key: name, value: literal(inherits) }))) },
      { key: "bounds", value: boundsCode(api.bounds) },
      { key: "retries", value: literal({ ...api.retries }) },
    ],
    { open: true },
  );
}

function byName(entries: readonly { readonly key: string; readonly value: Code }[]): Code {
  return object(entries, { open: entries.length > 0 });
}

function serverCode({ url, environment, pins }: Server): Code {
  return object([
    { key: "url", value: literal(url) },
    ...optional("environment", environment, literal),
    ...(pins.length > 0 ? [{ key: "pins", value: literal(pins) }] : []),
  ]);
}
