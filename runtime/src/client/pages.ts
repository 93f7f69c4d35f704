import { tokensOf, valueAt } from "../http/pointer.js";
import type { Pagination } from "../policy/index.js";
import type { Caller, CallOptions, Operation } from "./contract.js";
import { nextTurn, type Page, passedBefore, startOf, type Turn, unfollowable } from "./next-page.js";
import type { Call, Result } from "./result.js";

/** A call whose answer is one page of many. Awaited, it is that page. */
export interface PagedCall<Output, Item, Fields = object> extends Call<Output, Fields> {
  /** This page and those behind it, each asked for when it is wanted. */
  readonly pages: () => AsyncGenerator<Output, void>;
  /** The items of this page and of those behind it. */
  readonly items: () => AsyncGenerator<Item, void>;
}

/**
 * Makes the call of an operation whose policy has `pagination`. Each page is a call of its own, with its own deadline; `options` hold for
 * all of them. Going through pages ends with a Failure where a page cannot be read, comes a second time, or leads elsewhere.
 */
export function paged<Output, Item, Fields = object>(
  caller: Caller,
  operation: Operation,
  input: object,
  options: CallOptions = {},
): PagedCall<Output, Item, Fields> {
  const first: Call<Output, Fields> = caller.send(operation, input, options);
  const walk = () => {
    // It fails in the loop, which may begin later than it does.
    first.catch(() => undefined);
    return pagesFrom({ caller, operation, options }, () => first.safe(), { ...input });
  };
  return Object.assign(first, {
    pages: () => wholes<Output>(walk()),
    items: () => singles<Item>(walk()),
  });
}

async function* wholes<Output>(pages: AsyncIterable<Page>): AsyncGenerator<Output, void> {
  for await (const { value } of pages) yield value as Output;
}

async function* singles<Item>(pages: AsyncIterable<Page>): AsyncGenerator<Item, void> {
  for await (const { items } of pages) yield* items as readonly Item[];
}

/** What a call for a page came to. */
type Asked = () => Promise<Result<unknown, unknown>>;

/** Who asks for pages, and how. */
interface Asking {
  readonly caller: Caller;
  readonly operation: Operation;
  readonly options: CallOptions;
}

async function* pagesFrom(asking: Asking, first: Asked, input: Turn["input"]): AsyncGenerator<Page, void> {
  const { operation } = asking;
  const pagination = operation.policy.pagination ?? none;
  const { maxPages = 1_000 } = pagination;
  let turn = startOf(operation, pagination, input);
  let passed = passedBefore(operation, pagination, input);
  let asked = first;
  const seen = new Set<string>();
  for (let count = 1; ; count += 1) {
    const page = pageOf(operation, pagination, await asked(), turn, passed);
    passed = page.passed;
    yield page;
    const next = nextTurn(operation, pagination, page);
    if (next === undefined) return;
    // A server that has always one more, or the same again, would be asked for ever.
    seen.add(page.turn.mark);
    if (seen.has(next.mark)) throw unfollowable(operation, "the next page is one that was there already");
    if (count >= maxPages) throw unfollowable(operation, `there are more than ${maxPages}`);
    turn = next;
    const call = ask(asking, next);
    asked = call.safe;
  }
}

const none: Pagination = { type: "link", items: "" };

/** A link is followed by its query, in place of what would be written; a key is of one call. */
function ask({ caller, operation, options }: Asking, { input, query }: Turn): Call<unknown> {
  const { idempotencyKey: _, ...rest } = options;
  const { writes = [] } = operation;
  const asked = query === undefined ? operation : { ...operation, writes: [...writes, () => ({ query })] };
  return caller.send(asked, input, rest);
}

function pageOf(
  operation: Operation,
  pagination: Pagination,
  result: Result<unknown, unknown>,
  turn: Turn,
  passed: number,
): Page {
  if (!result.ok) throw result.failure;
  const { value, response } = result;
  // Serialisers that leave out what is empty say nothing of a list without items.
  const items = valueAt(value, tokensOf(pagination.items)) ?? [];
  if (!Array.isArray(items)) throw unfollowable(operation, `there is no list at ${JSON.stringify(pagination.items)}`);
  // The mark of a first page is what was asked for, which is known now.
  const mark = pagination.type === "link" ? new URL(response.url ?? "about:blank").search : turn.mark;
  return { value, items, passed: passed + items.length, turn: { ...turn, mark }, response };
}
