import { limit, owner, role } from "@sallyport/runtime/policy";
import { type Exchange, Refusal } from "@sallyport/runtime/server";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open, type Sample } from "../../../support/contract.js";

const exchange = (who?: string): Exchange => ({
  method: "POST",
  target: "/trpc",
  headers: { all: (name) => (name === "authorization" && who !== undefined ? [`Bearer ${who}`] : []) },
  address: "1.2.3.4",
  tls: undefined,
  signal: new AbortController().signal,
  read: () => Promise.reject(new Error("The body is tRPC's.")),
  chunks: () => {
    throw new Error("The body is tRPC's.");
  },
});
const seen: unknown[] = [];
const change: Sample = {
  policy: {
    method: "PUT",
    path: "/items/{id}",
    access: anyToken,
    authz: role("viewer"),
    object: owner("Item", { id: "path:id", field: "owner", unless: ["admin"] }),
    limits: [limit("perUser", { limit: 3, window: "1h", key: ["principal"] })],
  },
  wire: {
    path: [{ name: "id" }],
    query: [{ name: "dry-run", key: "dryRun", kind: "boolean" }],
    header: [{ name: "X-Tag", key: "tag" }],
    body: { media: ["text/plain", "application/json"], required: true, key: "item" },
  },
  schemas: {
    path: z.strictObject({ id: z.string() }),
    query: z.strictObject({ "dry-run": z.boolean().default(false) }),
    header: z.strictObject({ "X-Tag": z.string().exactOptional() }),
    body: { "application/json": z.strictObject({ name: z.string() }), "text/plain": z.string() },
    responses: { 200: { "application/json": z.object({ name: z.string() }) } },
  },
  handler: ({ path, query, header, body }: Record<string, unknown>) => {
    seen.push({ path, query, header, body });
    return { status: 200, headers: { "X-Kept": "yes" }, body: { name: "stored", secret: 1 } };
  },
};
const objects = { Item: (id: string) => (id === "a1" ? { owner: "alice" } : undefined) };
const good = { id: "a1", dryRun: true, tag: "t", item: { name: "n" } };
const refusal = async (input: unknown, who?: string) => {
  const answer = await open({ change }, { objects }).api.invoke("change", exchange(who), input);
  expect(answer).toBeInstanceOf(Refusal);
  return answer instanceof Refusal ? [answer.status, answer.code] : [];
};

describe("a call that comes in decoded", () => {
  it("reaches the handler with its parts sorted, and comes back projected", async () => {
    seen.length = 0;
    const answer = await open({ change }, { objects }).api.invoke("change", exchange("alice role=editor"), good);
    expect(answer).toEqual({ status: 200, headers: { "X-Kept": "yes" }, body: { name: "stored" } });
    expect(seen).toEqual([
      { path: { id: "a1" }, query: { "dry-run": true }, header: { "X-Tag": "t" }, body: { name: "n" } },
    ]);
  });

  it.each<[string, unknown, string | undefined, number, string]>([
    ["no credential", good, undefined, 401, "unauthenticated"],
    ["a bad credential", good, "bad", 401, "invalid_token"],
    ["no role", good, "alice", 403, "forbidden"],
    ["another's object", good, "bob role=viewer", 404, "not_found"],
    ["a missing object", { ...good, id: "zz" }, "alice role=viewer", 404, "not_found"],
    ["an unknown key", { ...good, admin: true }, "alice role=viewer", 422, "invalid_input"],
    [
      "an unknown key of the body",
      { ...good, item: { name: "n", admin: true } },
      "alice role=viewer",
      422,
      "invalid_input",
    ],
    [
      "the name on the wire",
      { id: "a1", "dry-run": true, item: { name: "n" } },
      "alice role=viewer",
      422,
      "invalid_input",
    ],
    ["a wrong type", { ...good, dryRun: "true" }, "alice role=viewer", 422, "invalid_input"],
    ["no body", { id: "a1" }, "alice role=viewer", 422, "invalid_input"],
    ["no input", undefined, "alice role=viewer", 422, "invalid_input"],
    ["a list", [good], "alice role=viewer", 422, "invalid_input"],
    ["text", "a1", "alice role=viewer", 422, "invalid_input"],
    [
      "a prototype",
      { ...good, item: JSON.parse('{"name":"n","__proto__":{}}') },
      "alice role=viewer",
      400,
      "bad_request",
    ],
    ["depth", { ...good, item: [[[[[[[[[[]]]]]]]]]] }, "alice role=viewer", 400, "bad_request"],
  ])("%s is refused as it is over HTTP", async (_, input, who, status, code) => {
    expect(await refusal(input, who)).toEqual([status, code]);
  });

  it("R33 an empty object does not satisfy a required toString", async () => {
    const shop = open({
      odd: {
        wire: { body: { media: ["application/json"], required: true } },
        schemas: { body: { "application/json": z.object({ toString: z.string() }) } },
      },
    });
    expect(await shop.api.invoke("odd", exchange(), { body: {} })).toMatchObject({ status: 422 });
  });

  it("is counted with the calls over HTTP", async () => {
    const { api } = open({ change }, { objects });
    const who = exchange("alice role=editor");
    for (let at = 0; at < 3; at++) expect(await api.invoke("change", who, good)).toMatchObject({ status: 200 });
    expect(await api.invoke("change", who, good)).toMatchObject({ status: 429, code: "rate_limited" });
  });

  it("an operation that does not exist is not found", async () => {
    const { api } = open({ ok: {} });
    expect(await api.invoke("toString", exchange(), {})).toMatchObject({ status: 404 });
  });
});
