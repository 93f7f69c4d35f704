import type { Caller, Operation } from "@sallyport/runtime/client";
import type { Pagination } from "@sallyport/runtime/policy";
import { expect, it } from "vitest";
import { paged } from "../../../../runtime/src/client/pages.js";
import { callOf } from "../../../../runtime/src/client/result.js";
import { operation } from "../../../support/client.js";

/** What the pages of an operation are asked with, where each answers as told. */
async function asked(
  pagination: Pagination,
  pages: readonly unknown[],
  input: object = {},
): Promise<readonly unknown[]> {
  const inputs: unknown[] = [];
  const caller = {
    send: (_: Operation, given: object) => {
      const page = pages[inputs.push(given) - 1];
      const track = { attempts: 1, response: { status: 200, headers: {} }, url: "https://api.test/things" };
      return callOf(Promise.resolve(page), track as never, () => ({}));
    },
    close: async () => {},
  } as Caller;
  const one = operation({ pagination }, { query: [{ name: "after" }] });
  for await (const _ of paged(caller, one, input).pages()) if (inputs.length > pages.length) break;
  return inputs;
}

const cursor: Pagination = { type: "cursor", parameter: "query:after", items: "/data", next: "/next" };
const data = [1, 2];

it.each([
  ["bigint", 2n ** 60n, 2n ** 60n + 1n],
  ["Date", new Date("2026-01-01T00:00:00.001Z"), new Date("2026-01-01T00:00:00.002Z")],
  ["Temporal", temporal("2026-01-01T00:00:00.000000001Z"), temporal("2026-01-01T00:00:00.000000002Z")],
])("a cursor may be held as %s, and is told from the next", async (_, first, second) => {
  const pages = [
    { data, next: first },
    { data, next: second },
    { data, next: null },
  ];
  expect(await asked(cursor, pages)).toEqual([{}, { after: first }, { after: second }]);
});

it("a cursor that is held comes again all the same", async () => {
  const at = "2026-01-01T00:00:00.001Z";
  const again = asked(cursor, [{ data, next: new Date(at) }, { data }], { after: new Date(at) });
  await expect(again).rejects.toThrow("was there already");
});

it.each([[{}], [[]], [true]])("%j is no cursor", async (next) => {
  await expect(asked(cursor, [{ data, next }])).rejects.toThrow("neither a text nor a number nor a date");
});

it.each([4, 4n, "4"])("a total of %s ends them, however it is held", async (total) => {
  const offset: Pagination = { type: "offset", parameter: "query:after", items: "/data", total: "/total" };
  const page = { data, total };
  expect(await asked(offset, [page, page, { data: [] }])).toEqual([{}, { after: 2 }]);
});

it.each([null, "", "many", false, -1])("a total of %j says nothing", async (total) => {
  const offset: Pagination = { type: "offset", parameter: "query:after", items: "/data", total: "/total" };
  const page = { data, total };
  expect(await asked(offset, [page, page, { data: [] }])).toHaveLength(3);
});

/** As much of a `Temporal.Instant` as is asked of one, where the platform has none. */
function temporal(text: string) {
  return { [Symbol.toStringTag]: "Temporal.Instant", toJSON: () => text };
}
