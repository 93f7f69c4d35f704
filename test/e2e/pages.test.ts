import { readFileSync } from "node:fs";
import { Failure } from "@sallyport/runtime/client";
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { createCaller, createClient, listBooks, searchBooks } from "../golden/pages/expected/client.js";
import { createApi } from "../golden/pages/expected/server.js";
import type { ListAuthorsItem, ListRowsItem, SearchBooksItem } from "../golden/pages/expected/wire.js";
import { serveLocally } from "../support/wire.js";

const titles = ["a", "b", "c", "d", "e"];
const asked: unknown[] = [];
/** What the server does instead of what it should. */
let wrong: { readonly next?: string; readonly link?: string; readonly hang?: number; readonly endless?: true } = {};

const api = createApi({
  audit: { write: () => undefined },
  handlers: {
    books: {
      listBooks: async ({ query: { after, limit }, signal }) => {
        asked.push(after);
        if (after !== undefined && wrong.hang !== undefined)
          await new Promise((done) => signal.addEventListener("abort", done));
        const start = after === undefined ? 0 : Number(after);
        const end = start + limit;
        const next = wrong.endless ? String(end) : end < titles.length ? (wrong.next ?? String(end)) : null;
        const data = titles.slice(start, end).map((title) => ({ title }));
        return { status: 200, body: { data, next }, headers: { "X-Total": titles.length } };
      },
      listAuthors: ({ header }) => {
        const start = header["X-Offset"] ?? 0;
        asked.push(start);
        return { status: 200, body: { hits: { authors: titles.slice(start, start + 2), total: titles.length } } };
      },
      listShops: ({ query: { page } }) => {
        asked.push(page);
        return { status: 200, body: { shops: [page * 2, page * 2 + 1], more: page < 2 } };
      },
      paged: ({ query: { page = 1 } }) => {
        asked.push(page);
        const link = wrong.link ?? `</loans?page=${page + 1}>; rel="next", </loans?page=9>; rel=last`;
        return { status: 200, body: [page], ...(page < 3 ? { headers: { Link: link } } : {}) };
      },
      searchBooks: ({ body: { words, paging } }) => {
        asked.push([words, paging]);
        const at = paging?.after ?? 0;
        return { status: 200, body: { found: [titles[at] ?? ""], ...(at < 2 ? { next: at + 1 } : {}) } };
      },
      listRows: ({ query: { skip = 0 } }) => {
        asked.push(skip);
        const next = skip < 4 ? { next: { link: `?skip=${skip + 2}` } } : {};
        return { status: 200, body: { value: [skip, skip + 1], ...next } };
      },
    },
  },
});
let server: Awaited<ReturnType<typeof serveLocally>>;
let client: ReturnType<typeof createClient>;
beforeAll(async () => {
  server = await serveLocally(api);
  client = createClient({ baseUrl: server.url });
});
beforeEach(() => {
  asked.length = 0;
  wrong = {};
});
afterAll(async () => {
  await client.close();
  await server.close();
});

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What came, and the failure that ended it. */
async function until<Item>(items: AsyncIterable<Item>): Promise<readonly [Item[], Failure]> {
  const found: Item[] = [];
  try {
    for await (const item of items) found.push(item);
  } catch (thrown) {
    if (thrown instanceof Failure) return [found, thrown];
    throw thrown;
  }
  throw new Error("It ended by itself");
}

describe("pages", () => {
  it("by cursor: items of all pages, each page asked for once", async () => {
    const found: string[] = [];
    for await (const book of client.books.listBooks().items()) {
      expectTypeOf(book).toEqualTypeOf<{ title: string }>();
      found.push(book.title);
    }
    expect(found).toEqual(titles);
    expect(asked).toEqual([undefined, "2", "4"]);
  });

  it("the awaited call gives one page, with what came around it", async () => {
    expect(await client.books.listBooks({ after: "4" })).toEqual({ data: [{ title: "e" }], next: null });
    const result = await client.books.listBooks().safe();
    expect(result).toMatchObject({ ok: true, response: { fields: { "X-Total": 5 } } });
    expect(asked).toHaveLength(2);
  });

  it("page by page, and no page before it is wanted", async () => {
    const pages = client.books.listBooks({ limit: 3 }).pages();
    const { value } = await pages.next();
    expect(value?.data.length).toBe(3);
    await new Promise((wait) => setTimeout(wait, 20));
    expect(asked).toEqual([undefined]);
    await pages.return();
    expect(await all(client.books.listBooks({ limit: 3 }).pages())).toHaveLength(2);
  });

  it("the function that a bundler can drop offers the same", async () => {
    const caller = createCaller({ baseUrl: server.url });
    const found = await all(listBooks(caller, { after: "2" }).items());
    expect(found.map(({ title }) => title)).toEqual(["c", "d", "e"]);
    await caller.close();
  });

  it("by offset in a header, up to the total, from the middle too", async () => {
    expectTypeOf<ListAuthorsItem>().toEqualTypeOf<string>();
    expect(await all(client.books.listAuthors().items())).toEqual(titles);
    expect(asked.splice(0)).toEqual([0, 2, 4]);
    expect(await all(client.books.listAuthors({ "X-Offset": 3 }).items())).toEqual(["d", "e"]);
    expect(asked).toEqual([3]);
  });

  it("by page, counted from what the description calls the first, as long as there is more", async () => {
    expect(await all(client.books.listShops().items())).toEqual([0, 1, 2, 3, 4, 5]);
    expect(asked).toEqual([0, 1, 2]);
  });

  it("by links of the Link header, and of the body", async () => {
    expectTypeOf<ListRowsItem>().toEqualTypeOf<number>();
    expect(await all(client.books.paged().items())).toEqual([1, 2, 3]);
    expect(asked.splice(0)).toEqual([1, 2, 3]);
    expect(await all(client.books.listRows({ skip: 2 }).items())).toEqual([2, 3, 4, 5]);
  });

  it("by a cursor in the body, which leaves the rest of it as it is", async () => {
    const caller = createCaller({ baseUrl: server.url });
    const found = await all(searchBooks(caller, { body: { words: "x" } }).items());
    expectTypeOf(found).toEqualTypeOf<SearchBooksItem[]>();
    expectTypeOf<SearchBooksItem>().toEqualTypeOf<string | { title: string }>();
    expect(found).toEqual(["a", "b", "c"]);
    expect(asked).toEqual([
      ["x", undefined],
      ["x", { after: 1 }],
      ["x", { after: 2 }],
    ]);
    await caller.close();
  });
});

describe("pages that do not end as they should", () => {
  it("a cursor that comes again ends them", async () => {
    wrong = { next: "2" };
    const [found, failure] = await until(client.books.listBooks().items());
    expect(failure).toMatchObject({ code: "response_invalid", operation: "listBooks" });
    expect(failure.message).toContain("was there already");
    expect([found.length, asked]).toEqual([4, [undefined, "2"]]);
  });

  it("a server that always has one more is asked for no more than maxPages", async () => {
    wrong = { endless: true };
    const [, failure] = await until(client.books.listBooks().pages());
    expect(failure.message).toContain("more than 40");
    expect(asked).toHaveLength(40);
  });

  it.each([
    ["another origin", "https://evil.example/loans?page=2"],
    ["another port", "http://127.0.0.1:1/loans?page=2"],
    ["another operation", "/odata?skip=2"],
    ["a path that only begins so", "/loans/../authors"],
    ["another scheme", "javascript:alert(1)"],
    ["a host without a scheme", "//evil.example/loans?page=2"],
  ])("R58 a link to %s is not followed", async (_, href) => {
    wrong = { link: `<${href}>; rel=next` };
    const [found, failure] = await until(client.books.paged().items());
    expect(failure).toMatchObject({ code: "redirect_refused", operation: "paged" });
    expect([found, asked]).toEqual([[1], [1]]);
  });

  it("a link counts as next by its relation alone: not by a title, nor from another context", async () => {
    wrong = { link: '</loans?page=2>; title="; rel=next", </loans?page=3>; rel=next; anchor="#x"' };
    expect(await all(client.books.paged().items())).toEqual([1]);
  });

  it("a deadline is a page's, and the caller's signal ends all", async () => {
    wrong = { hang: 1 };
    const [found, late] = await until(client.books.listBooks({}, { timeout: "150ms" }).items());
    expect([found.length, late.code]).toEqual([2, "timeout"]);
    const controller = new AbortController();
    const pages = client.books.listBooks({}, { signal: controller.signal }).pages();
    await pages.next();
    controller.abort();
    expect((await pages.next().catch((thrown: Failure) => thrown.code)) as unknown).toBe("aborted");
  });

  it("a first page that fails fails in the loop, and nowhere else", async () => {
    const items = createClient({ baseUrl: "http://127.0.0.1:1" }).books.listBooks().items();
    await new Promise((wait) => setTimeout(wait, 30));
    expect((await until(items))[1].code).toBe("network");
  });
});

it("policy.ts says it in a line", () => {
  const policy = readFileSync(new URL("../golden/pages/expected/policy.ts", import.meta.url), "utf8");
  expect(policy).toContain(
    'pagination: { type: "cursor", parameter: "query:after", items: "/data", next: "/next", maxPages: 40 }',
  );
});
