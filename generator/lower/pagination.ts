import type { ResponseCase } from "../model/api.js";
import type { DraftOperation } from "../model/draft.js";
import type { PageParameter, PageType, Pagination, Said, SaidPages } from "../model/pagination.js";
import type { Schema } from "../model/schema.js";
import type { SpecObject } from "../model/spec.js";
import { listsAt } from "./lists.js";
import { complain, type Lowering } from "./lowering.js";
import { type Components, sameValue, schemasAt } from "./mask.js";
import { objectOf } from "./node.js";
import { saidPages } from "./said-pages.js";

/** An operation, as far as it is lowered. */
interface Paged extends Pick<DraftOperation, "method" | "path" | "request" | "responses"> {
  readonly operation: SpecObject;
}

/** What keeps pages from being followed: at a key of what is said, or at all of it. */
interface Fault {
  readonly key?: readonly ["request" | "response", string];
  readonly message: string;
  readonly fix: string;
}

/**
 * How a client goes through the pages of an operation. What cannot be followed is a complaint where the operation itself says it: nobody
 * would get the second page. What a path item or the root's defaults say holds for the operations that it fits, and what other tools'
 * annotations say is followed where it can be.
 */
export function lowerPagination(
  run: Lowering,
  paged: Paged,
  annotation: SpecObject,
  components: Components,
): Pagination | undefined {
  const said = saidPages(run, paged.operation, annotation);
  if (said === undefined) return undefined;
  const faults: Fault[] = [];
  const pagination = followed(paged, said, components, (fault) => faults.push(fault));
  if (said.origin !== "inherited") for (const fault of faults) refuse(run, paged, said, fault);
  if (faults.length > 0) return undefined;
  if (said.origin === "own") adviseBound(run, paged, said.request.limit, said.node, components);
  return pagination;
}

function refuse(run: Lowering, { operation, method, path }: Paged, said: Said, { key, message, fix }: Fault): void {
  const where = `${method} ${path}`;
  if (said.origin === "foreign") {
    complain(run, operation, said.key, {
      code: "SP353",
      severity: "warning",
      message: `${where}: ${said.key} cannot be followed: ${message}`,
      fix: "Say it with x-sallyport: {pagination: …}, in the description or in an overlay.",
    });
    return;
  }
  const [part = "type", name] = key ?? [];
  const holder = objectOf(said.node[part]);
  const [node, at] = holder !== undefined && name !== undefined && name in holder ? [holder, name] : [said.node, part];
  complain(run, node, at in node ? at : undefined, { code: "SP350", message: `${where}: ${message}`, fix });
}

function followed(
  paged: Paged,
  { type, request, response, maxPages }: SaidPages,
  components: Components,
  refused: (fault: Fault) => void,
): Pagination {
  const schemas = answersOf(paged.responses);
  if (schemas.length === 0)
    refused({
      message: "pages are answers in JSON, and a success has none, or another form as well",
      fix: "Describe 2xx responses with application/json alone.",
    });
  const pointer = (key: keyof SaidPages["response"]) => {
    const text = response[key];
    if (text !== undefined && !schemas.every((one) => schemasAt(one, text, components).length > 0))
      refused({
        key: ["response", key],
        message: `the answer has no ${JSON.stringify(text)}`,
        fix: "Write a JSON pointer to a property of the answer.",
      });
    return text;
  };
  const items = pointer("items") ?? "";
  if (!schemas.every((one) => listsAt(one, items, components).kind === "list"))
    refused({
      key: ["response", "items"],
      message: items === "" ? "the answer is no list" : `what stands at ${items} is no list`,
      fix: "Say where the list of a page stands in the answer: response: {items: /data}.",
    });
  return {
    type,
    ...asked(paged, type, request, components, refused),
    items,
    next: nextOf(paged, type, pointer("next"), refused),
    more: pointer("more"),
    total: pointer("total"),
    maxPages: maxPages ?? 1_000,
  };
}

/** What the schemas of successes say, where each is JSON and nothing else. */
function answersOf(responses: readonly ResponseCase[]): readonly Schema[] {
  const media = responses.filter((one) => one.status.startsWith("2")).flatMap((one) => one.media);
  return media.every(({ type }) => /[/+]json$/.test(type)) ? media.map((one) => one.schema) : [];
}

function nextOf({ method }: Paged, type: PageType, next: string | undefined, refused: (fault: Fault) => void) {
  if (type === "cursor" && next === undefined)
    refused({
      message: "nothing says what the next cursor is",
      fix: "Say where the answer has it: response: {next: /next}.",
    });
  // A link is followed by its query: what else a request says stays what it was.
  if (type === "link" && method !== "GET")
    refused({ message: "links are followed by GET alone", fix: "Say type: cursor, and where the cursor goes." });
  return next;
}

function asked(
  paged: Paged,
  type: PageType,
  request: SaidPages["request"],
  components: Components,
  refused: (fault: Fault) => void,
): Pick<Pagination, "parameter" | "first"> {
  const find = (key: keyof SaidPages["request"]) => {
    const text = request[key];
    const found = text === undefined ? undefined : parameterOf(text, paged.request, components);
    if (text !== undefined && found === undefined)
      refused({
        key: ["request", key],
        message: `there is no ${text}`,
        fix: "Name a parameter of the query or of the header, like query:after, or a property of the body, like body:/after.",
      });
    return found;
  };
  find("limit");
  if (type === "link") return { parameter: undefined, first: undefined };
  const found = find(type);
  if (request[type] === undefined)
    refused({
      message: `nothing says which ${type === "page" ? "page" : `${type}`} is wanted`,
      fix: `Name the parameter: request: {${type}: query:NAME}.`,
    });
  if (found === undefined || type === "cursor") return { parameter: found?.parameter, first: undefined };
  const facts = sameFacts(found.schemas, components);
  if (!facts.isNumber)
    refused({
      key: ["request", type],
      message: `${request[type] ?? type} is no number`,
      fix: "Give it type: integer, or say type: cursor.",
    });
  return { parameter: found.parameter, first: facts.start ?? (type === "page" ? 1 : 0) };
}

interface Found {
  readonly parameter: PageParameter;
  readonly schemas: readonly Schema[];
}

/** The parameter that `query:after` names, spelt as the spec spells it; or the property that `body:/after` leads to. */
function parameterOf(text: string, request: DraftOperation["request"], components: Components): Found | undefined {
  const [, place, name = ""] = /^(query|header|body):(.+)$/s.exec(text) ?? [];
  if (place === "body") {
    const media = request.body?.media ?? [];
    const schemas = media.flatMap((one) => schemasAt(one.schema, name, components));
    const isJson = media.every(({ type }) => /[/+]json$/.test(type));
    return name.startsWith("/") && schemas.length > 0 && isJson
      ? { parameter: { in: "body", name }, schemas }
      : undefined;
  }
  if (place !== "query" && place !== "header") return undefined;
  // RFC 9110, 5.1: names of headers have no case.
  const spelt = (one: string) => (place === "header" ? one.toLowerCase() : one);
  const field = request[place].find((one) => spelt(one.name) === spelt(name) && !one.whole);
  return field === undefined ? undefined : { parameter: { in: place, name: field.name }, schemas: [field.schema] };
}

/** Whether a value is a number, what it is where it is left out, and whether it has an end. */
function sameFacts(schemas: readonly Schema[], components: Components) {
  const all = schemas.flatMap((one) => sameValue(one, components));
  const start = all.find((one) => one.default !== undefined)?.default?.value;
  const least = all.find((one) => one.number?.minimum !== undefined)?.number?.minimum;
  return {
    isNumber: all.some(({ types = [] }) => types.includes("integer") || types.includes("number")),
    start: typeof start === "number" ? start : least === 0 ? 0 : undefined,
    isBounded: all.some(
      ({ number, enum: listed }) => number?.maximum !== undefined || number?.exclusiveMaximum !== undefined || listed,
    ),
  };
}

/** Unrestricted resource consumption: a caller must not choose how much the server loads at once. */
function adviseBound(
  run: Lowering,
  paged: Paged,
  limit: string | undefined,
  node: SpecObject,
  components: Components,
): void {
  const found = limit === undefined ? undefined : parameterOf(limit, paged.request, components);
  if (found === undefined || sameFacts(found.schemas, components).isBounded) return;
  complain(run, objectOf(node.request), "limit", {
    code: "SP352",
    severity: "warning",
    message: `${paged.method} ${paged.path}: ${limit} has no maximum, so a caller chooses how large a page is`,
    fix: "Give its schema a maximum.",
  });
}
