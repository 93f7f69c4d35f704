/** How a client goes through the pages of an operation. Places in an answer are JSON pointers (RFC 6901). */
export interface Pagination {
  readonly type: "cursor" | "offset" | "page" | "link";
  /** What says in a request which page is wanted: `query:after`, `header:X-Page`, `body:/after`. Links say it themselves. */
  readonly parameter?: string;
  /** What the first page is called by; where absent, 1 for pages, 0 for offsets. */
  readonly first?: number;
  /** Where the items are; `""` is the answer itself. */
  readonly items: string;
  /** Where the next cursor is, or the link to the next page; absent for links: in the Link header (RFC 8288). */
  readonly next?: string;
  /** Where the answer says whether there are more pages. */
  readonly more?: string;
  /** Where the answer says how many items there are in all. */
  readonly total?: string;
  /** The most pages that are asked for; 1,000 where absent. */
  readonly maxPages?: number;
}

/** The items of a page: what the list is a list of, to which the keys lead. */
export type PageItem<Page, Keys extends readonly string[]> = [ItemAt<Page, Keys>] extends [never]
  ? unknown
  : ItemAt<Page, Keys>;

type ItemAt<Page, Keys extends readonly string[]> = Keys extends readonly [infer Key, ...infer Rest extends string[]]
  ? Page extends object
    ? Key extends keyof Page
      ? ItemAt<NonNullable<Page[Key]>, Rest>
      : never
    : never
  : Page extends readonly (infer Item)[]
    ? Item
    : never;
