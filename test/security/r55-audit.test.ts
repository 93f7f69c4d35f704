import { access, write } from "@sallyport/runtime/policy";
import { type AuditLine, refuse } from "@sallyport/runtime/server";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { anyToken, open, type Sample } from "../support/contract.js";
import { send, serveLocally } from "../support/wire.js";

const body = { media: ["application/json"], required: true };
const samples: Readonly<Record<string, Sample>> = {
  pay: {
    policy: {
      method: "POST",
      path: "/accounts/{id}/pay",
      access: anyToken,
      audit: write("payment.create", {
        subject: { from: "path:id", mask: "plain" },
        fields: { "/amount": "plain", "/card/number": "last4", "/card/pin": "drop", "/none": "plain" },
      }),
    },
    wire: { path: [{ name: "id" }], body },
    schemas: {
      path: z.strictObject({ id: z.string().max(20) }),
      body: {
        "application/json": z.strictObject({
          amount: z.int(),
          card: z.strictObject({ number: z.string(), pin: z.string() }),
        }),
      },
    },
    handler: ({ path }: { path: { id: string } }) => {
      if (path.id === "closed") throw refuse(409);
      if (path.id === "broken") throw new Error("x");
      return { status: 200, body: null };
    },
  },
  look: { policy: { access: anyToken, audit: access("account.read") } },
  quiet: { policy: { access: anyToken } },
};
const payment = JSON.stringify({ amount: 5, card: { number: "4111111111111111", pin: "9876" } });

async function call(
  target: string,
  facts: { who?: string; content?: string } = {},
): Promise<{ status: number; lines: AuditLine[] }> {
  const shop = open(samples);
  const server = await serveLocally(shop.api);
  const headers = facts.who === undefined ? [] : [`Authorization: Bearer ${facts.who}`];
  const post = facts.content === undefined ? {} : { method: "POST", body: facts.content };
  const reply = await send(server, { target, ...post, headers: [...headers, "Content-Type: application/json"] });
  await server.close();
  return { status: reply.status, lines: shop.lines };
}

describe("R55 the audit trail", () => {
  it("says who did what to what, from where, and what came of it, with secrets masked", async () => {
    const { lines } = await call("/accounts/a1/pay", { who: "alice", content: payment });
    expect(lines).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        event: "payment.create",
        level: "write",
        outcome: "allowed",
        status: 200,
        operation: "pay",
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        principal: "alice",
        scheme: "oidc",
        address: "127.0.0.1",
        subject: "a1",
        fields: { "/amount": 5, "/card/number": "…1111" },
      },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/9876|41111/);
  });

  it.each([
    ["closed", 409, "refused", "handler_problem"],
    ["broken", 500, "failed", "internal"],
  ])("an audited call that is %s is a line of its event", async (id, status, outcome, code) => {
    const { lines } = await call(`/accounts/${id}/pay`, { who: "alice", content: payment });
    expect(lines).toMatchObject([{ event: "payment.create", level: "write", outcome, status, code, subject: id }]);
  });

  it.each([
    ["authentication", "/quiet", {}, 401, "authentication.refused"],
    ["authentication", "/quiet", { who: "bad" }, 401, "authentication.refused"],
    ["validation", "/accounts/a1/pay", { who: "alice", content: '{"amount":"x"}' }, 422, "validation.refused"],
    ["validation", "/accounts/a1/pay", { who: "alice", content: "{" }, 400, "validation.refused"],
  ])("a refused %s leaves a security line (%s %j)", async (_, target, facts, status, event) => {
    const answer = await call(target, facts);
    expect(answer.status).toBe(status);
    expect(answer.lines).toMatchObject([{ event, level: "security", outcome: "refused", status }]);
  });

  it("the subject of a refused call is what stands in the path", async () => {
    const { lines } = await call("/accounts/a1/pay", { content: payment });
    expect(lines).toMatchObject([{ event: "authentication.refused", subject: "a1" }]);
  });

  it("what is neither audited nor refused leaves none", async () => {
    expect((await call("/quiet", { who: "alice" })).lines).toEqual([]);
    expect((await call("/look", { who: "alice" })).lines).toMatchObject([{ event: "account.read", level: "access" }]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("disk full");
      },
    ],
    ["rejects", () => Promise.reject(new Error("disk full"))],
    ["never answers", () => new Promise<never>(() => {})],
  ])("R12 a sink that %s fails the call: nothing happens unseen", async (_, fail) => {
    const shop = open(samples, { audit: { write: fail }, patience: 100 });
    const server = await serveLocally(shop.api);
    const allowed = await send(server, { target: "/look", headers: ["Authorization: Bearer alice"] });
    const refused = await send(server, { target: "/look" });
    expect([allowed.status, refused.status]).toEqual([503, 503]);
    expect(allowed.body + refused.body).not.toContain("disk");
    await server.close();
  });
});
