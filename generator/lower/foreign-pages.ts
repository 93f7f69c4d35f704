import { escaped } from "../model/json-pointer.js";
import type { Said, SaidPages } from "../model/pagination.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { listOf, objectOf, objectsOf, textOf } from "./node.js";

/** What another tool's annotation says, in our words; or why these do not say it; `undefined` where it asks for nothing. */
type Reading = SaidPages | { readonly why: string } | undefined;

const readings: Readonly<Record<string, (said: SpecValue, run: Lowering, operation: SpecObject) => Reading>> = {
  "x-speakeasy-pagination": speakeasy,
  "x-fern-pagination": fern,
  "x-ms-pageable": pageable,
};

/** What other tools' annotations say of an operation. */
export interface ForeignPages {
  readonly said: (Said & { readonly origin: "foreign" }) | undefined;
  /** What was met before it and cannot be followed. */
  readonly unread: readonly { readonly key: string; readonly why: string }[];
}

/** Other tools' annotations of pages: the first that can be followed. */
export function foreignPages(run: Lowering, operation: SpecObject): ForeignPages {
  const unread: { readonly key: string; readonly why: string }[] = [];
  for (const [key, read] of Object.entries(readings)) {
    const said = operation[key];
    const reading = said === undefined ? undefined : read(said, run, operation);
    if (reading === undefined) continue;
    if (!("why" in reading)) return { said: { ...reading, origin: "foreign", key }, unread };
    unread.push({ key, why: reading.why });
  }
  return { said: undefined, unread };
}

/** What they say and we cannot follow is a warning: their specs are not ours to mend. */
export function warnUnread(run: Lowering, operation: SpecObject, { unread }: ForeignPages): void {
  for (const { key, why } of unread) {
    complain(run, operation, key, {
      code: "SP353",
      severity: "warning",
      message: `${key} cannot be followed: ${why}`,
      fix: "Say it with x-sallyport: {pagination: …}, in the description or in an overlay.",
    });
  }
}

/** https://www.speakeasy.com/docs/customize/runtime/pagination */
function speakeasy(said: SpecValue): Reading {
  const node = objectOf(said);
  const outputs = objectOf(node?.outputs);
  const inputs = objectsOf(listOf(node?.inputs) ?? []);
  const input = (type: string) => {
    const one = inputs.find((it) => it.type === type);
    const name = textOf(one?.name);
    if (name === undefined) return undefined;
    return one?.in === "requestBody" ? `body:/${escaped(name)}` : `query:${name}`;
  };
  const request = { cursor: input("cursor"), offset: input("offset"), page: input("page"), limit: input("limit") };
  const items = pathOf(outputs?.results);
  const next = pathOf(node?.type === "url" ? outputs?.nextUrl : outputs?.nextCursor);
  if (items === null || next === null) return { why: "its outputs are no plain paths, like $.data.items" };
  const response = { items, next };
  switch (node?.type) {
    case "cursor":
      return { type: "cursor", request, response };
    case "url":
      return { type: "link", request: {}, response };
    case "offsetLimit":
      return { type: request.offset === undefined ? "page" : "offset", request, response: { items } };
    default:
      return { why: "its type is none of cursor, offsetLimit and url" };
  }
}

/** https://buildwithfern.com/learn/api-definitions/openapi/extensions/pagination; `true` stands for what the root says. */
function fern(said: SpecValue, run: Lowering): Reading {
  const node = objectOf(said === true ? run.spec.root["x-fern-pagination"] : said);
  if (said === false) return undefined;
  const input = (key: string) => {
    const path = pathOf(node?.[key], "$request");
    return typeof path === "string" ? `query:${path.slice(1)}` : undefined;
  };
  const [items, next, more] = ["results", "next_cursor", "has-next-page"].map((key) =>
    pathOf(node?.[key], "$response"),
  );
  if (items === null || next === null || more === null)
    return { why: "its paths are no plain ones, like $response.data" };
  if (node?.cursor !== undefined)
    return { type: "cursor", request: { cursor: input("cursor") }, response: { items, next, more } };
  if (node?.offset === undefined) return { why: "it has neither a cursor nor an offset" };
  // With a step the offset counts items; without one, pages.
  const isCounted = node.step !== undefined;
  return {
    type: isCounted ? "offset" : "page",
    request: isCounted ? { offset: input("offset"), limit: input("step") } : { page: input("offset") },
    response: { items, more },
  };
}

/** https://github.com/Azure/autorest/blob/main/docs/extensions/readme.md#x-ms-pageable. Without a `nextLinkName` there is one page. */
function pageable(said: SpecValue, _: Lowering, operation: SpecObject): Reading {
  const node = objectOf(said);
  const name = textOf(node?.nextLinkName);
  if (name === undefined) return undefined;
  if (node?.operationName !== undefined && node.operationName !== operation.operationId)
    return { why: "the next page is another operation" };
  const pointer = (path: string) => `/${path.split(".").map(escaped).join("/")}`;
  return {
    type: "link",
    request: {},
    response: { items: pointer(textOf(node?.itemName) ?? "value"), next: pointer(name) },
  };
}

/** A JSON pointer for a plain path like `$.data.items`; `null` for what is more than that. */
function pathOf(said: SpecValue | undefined, root = "$"): string | null | undefined {
  if (said === undefined) return undefined;
  const text = textOf(said);
  if (text === undefined || !text.startsWith(root)) return null;
  const rest = text.slice(root.length);
  if (!/^(\.[\w$-]+)*$/.test(rest)) return null;
  return rest
    .split(".")
    .slice(1)
    .map((name) => `/${escaped(name)}`)
    .join("");
}
