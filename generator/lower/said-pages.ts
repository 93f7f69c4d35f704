import type { PageType, Said, SaidPages } from "../model/pagination.js";
import type { SpecObject } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { type ForeignPages, foreignPages, warnUnread } from "./foreign-pages.js";
import { complain, type Lowering } from "./lowering.js";
import { objectOf, textOf } from "./node.js";

const types: readonly PageType[] = ["cursor", "offset", "page", "link"];

/**
 * What is said of the pages of an operation, by the nearest who says anything: the operation in our words, in another tool's, and then what
 * it inherits. What is said near and cannot be followed is not made up for by what was said of others.
 */
export function saidPages(run: Lowering, operation: SpecObject, annotation: SpecObject): Said | undefined {
  const foreign = foreignPages(run, operation);
  const own = objectOf(annotationOf(operation)?.pagination);
  if (own !== undefined) return ownPages(run, operation, own, foreign.said);
  warnUnread(run, operation, foreign);
  if (foreign.said !== undefined || foreign.unread.length > 0) return foreign.said;
  const node = objectOf(annotation.pagination);
  const words = node === undefined ? undefined : wordsOf(node);
  return node === undefined || words === undefined ? undefined : { ...words, origin: "inherited", node };
}

function ownPages(
  run: Lowering,
  operation: SpecObject,
  node: SpecObject,
  foreign: ForeignPages["said"],
): Said | undefined {
  const words = wordsOf(node);
  if (words === undefined) return undefined;
  if (foreign !== undefined && !agrees(words, foreign)) {
    complain(run, operation, foreign.key, {
      code: "SP351",
      message: `${foreign.key} says something else than x-sallyport.pagination`,
      fix: "Say it once, or the same twice.",
    });
  }
  return { ...words, origin: "own", node };
}

function wordsOf(node: SpecObject): SaidPages | undefined {
  const type = types.find((one) => one === node.type);
  if (type === undefined) return undefined;
  const request = objectOf(node.request);
  const response = objectOf(node.response);
  return {
    type,
    request: {
      cursor: textOf(request?.cursor),
      offset: textOf(request?.offset),
      page: textOf(request?.page),
      limit: textOf(request?.limit),
    },
    response: {
      items: textOf(response?.items),
      next: textOf(response?.next),
      more: textOf(response?.more),
      total: textOf(response?.total),
    },
    ...(typeof node.maxPages === "number" ? { maxPages: node.maxPages } : {}),
  };
}

/** What only one of them says, they do not disagree on. */
function agrees(one: SaidPages, other: SaidPages): boolean {
  const isSame = (a: string | undefined, b: string | undefined) => a === undefined || b === undefined || a === b;
  const { request, response } = one;
  return (
    one.type === other.type &&
    (["cursor", "offset", "page", "limit"] as const).every((key) => isSame(request[key], other.request[key])) &&
    (["items", "next", "more", "total"] as const).every((key) => isSame(response[key], other.response[key]))
  );
}
