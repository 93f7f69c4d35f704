import type { SpecObject } from "./spec.js";

export type PageType = "cursor" | "offset" | "page" | "link";

/** What says in a request which page is wanted. In a body the name is a JSON pointer. */
export interface PageParameter {
  readonly in: "query" | "header" | "body";
  readonly name: string;
}

/** How a client goes through the pages of an operation. Places in an answer are JSON pointers. */
export interface Pagination {
  readonly type: PageType;
  /** `undefined` for links: they say it themselves. */
  readonly parameter: PageParameter | undefined;
  /** What the first page is called by, where pages or items are counted. */
  readonly first: number | undefined;
  readonly items: string;
  /** The next cursor, or the link to the next page; `undefined`: in the Link header. */
  readonly next: string | undefined;
  readonly more: string | undefined;
  readonly total: string | undefined;
  readonly maxPages: number;
}

/** How pages are gone through, in the words of the vocabulary. */
export interface SaidPages {
  readonly type: PageType;
  readonly request: Partial<Readonly<Record<"cursor" | "offset" | "page" | "limit", string | undefined>>>;
  readonly response: Partial<Readonly<Record<"items" | "next" | "more" | "total", string | undefined>>>;
  readonly maxPages?: number | undefined;
}

/** The same, and who says it: the operation, what it inherits from, or another tool's annotation under `key`. */
export type Said = SaidPages &
  (
    | { readonly origin: "own" | "inherited"; readonly node: SpecObject }
    | { readonly origin: "foreign"; readonly key: string }
  );
