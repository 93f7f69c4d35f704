import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Incoming, Outgoing } from "@sallyport/runtime/client";
import type { OperationPolicy, Wire } from "@sallyport/runtime/policy";
import { type RecordedOptions, recordedTransport, StaleRecording, UnexpectedCall } from "@sallyport/runtime/testing";
import { afterAll, describe, expect, it } from "vitest";
import { operation } from "../../../support/client.js";

const folder = mkdtempSync(path.join(tmpdir(), "masked-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

interface Case {
  readonly policy?: Partial<OperationPolicy>;
  readonly wire?: Wire;
  readonly names?: readonly string[];
  readonly secrets?: readonly string[];
}

interface Ask extends Partial<Outgoing> {
  readonly target?: string;
}

interface Told {
  readonly headers?: Incoming["headers"];
  readonly body?: string | Uint8Array;
}

const json = { "content-type": "application/json" };

/** Sends requests through a transport; what it answers, as text. */
async function over(
  file: string,
  { policy, wire, names = [], secrets = [] }: Case,
  more: Partial<RecordedOptions> = {},
) {
  const tape = await recordedTransport({ names, whole: [] }, { file, secrets, ...more });
  const send = async ({ target = "/things", ...rest }: Ask = {}) => {
    const signal = new AbortController().signal;
    const outgoing = {
      method: "GET",
      url: `https://a.example${target}`,
      headers: {},
      body: undefined,
      signal,
      ...rest,
    };
    const call = { operation: operation(policy, wire), input: {}, outgoing, attempt: 1, deadline: 0 };
    const { headers, body } = await tape.send(outgoing, call);
    return { headers, text: await new Response(body as Uint8Array<ArrayBuffer>).text() };
  };
  return { send, tape };
}

/** Records what a server tells one request after the other. */
async function recordOf(one: Case, ...exchanges: readonly (readonly [Ask, Told])[]) {
  const file = path.join(folder, `${++files}.json`);
  const told = exchanges.map(([, answer]) => answer);
  const record = {
    send: async () => {
      const { headers = json, body = "" } = told.shift() ?? {};
      return { status: 200, headers, body: typeof body === "string" ? new TextEncoder().encode(body) : body };
    },
    close: async () => {},
  };
  const { send, tape } = await over(file, one, { record });
  for (const [ask] of exchanges) await send(ask);
  await tape.close();
  const text = readFileSync(file, "utf8");
  return { file, text, answers: JSON.parse(text).exchanges.map(({ answer }: { answer: unknown }) => answer) };
}

/** What a recording has of one answer. */
async function keptOf(told: Told, one: Case = {}) {
  const { answers, text } = await recordOf(one, [{}, told]);
  return { ...answers[0], all: text };
}

describe("links in a recording", () => {
  it("R55 C hide fields of telling names in Link and Location, and leave the others as they were written", async () => {
    const { headers } = await keptOf(
      {
        headers: {
          ...json,
          link: '<https://u:pw@a.example/things?q=a%20b&page_token=abc>; rel="next", </things?iban=DE1>; rel=last',
          location: "/done;jsessionid=abc?filter[iban]=DE1&x=1#access_token=def",
        },
        body: "{}",
      },
      { names: ["iban"] },
    );
    expect(headers.link).toBe(
      '<https://(hidden%201)@a.example/things?q=a%20b&page_token=%28hidden+2%29>; rel="next", </things?iban=%28hidden+3%29>; rel=last',
    );
    expect(headers.location).toBe(
      "/done;jsessionid=%28hidden+2%29?filter[iban]=%28hidden+3%29&x=1#access_token=%28hidden+4%29",
    );
  });

  it("hide such fields in strings of JSON, in links within links, and in texts", async () => {
    const next = "/things?page_token=abc";
    const { body } = await keptOf({
      body: JSON.stringify({ next, to: `/in?next=${encodeURIComponent(next)}`, q: "a?b=1" }),
    });
    expect(JSON.parse(body)).toEqual({
      next: "/things?page_token=%28hidden+1%29",
      to: "/in?next=%2Fthings%3Fpage_token%3D%2528hidden%2B1%2529",
      q: "a?b=1",
    });
    const text = await keptOf({ headers: { "content-type": "text/plain" }, body: `See ${next}, or ask.` });
    expect(text.body).toBe("See /things?page_token=%28hidden+1%29 or ask.");
  });

  it("are followed when they are played, to the path that was asked", async () => {
    const one = { policy: { path: "/accounts/{iban}/payments" }, names: ["iban"] };
    const target = "/accounts/DE1/payments";
    const link = "</accounts/DE1/payments?after_token=abc>; rel=next";
    const { file, text } = await recordOf(
      one,
      [
        { target },
        { headers: { ...json, link }, body: JSON.stringify({ self: "https://a.example/accounts/DE1/payments" }) },
      ],
      [{ target: `${target}?after_token=abc` }, { body: "[2]" }],
    );
    expect(text).not.toMatch(/DE1|abc/);
    const { send, tape } = await over(file, one);
    const first = await send({ target: "/accounts/DE%202/payments" });
    expect(first.headers.link).toBe("</accounts/DE%202/payments?after_token=%28hidden+2%29>; rel=next");
    expect(JSON.parse(first.text)).toEqual({ self: "https://a.example/accounts/DE%202/payments" });
    const next = /<(.*)>/.exec(first.headers.link ?? "")?.[1] ?? "";
    expect((await send({ target: next })).text).toBe("[2]");
    tape.verify();
  });
});

describe("content that cannot be masked is not kept", () => {
  const secret = '{"token":"abc"}';
  it.each([
    ["JSON of a type in capitals", "Application/JSON; charset=utf-8", secret, '{"token":"(hidden 1)"}'],
    ["JSON of no type", "", secret, '{"token":"(hidden 1)"}'],
    ["JSON of another type", "application/octet-stream", ` ${secret}`, '{"token":"(hidden 1)"}'],
    ["a list of another type", "text/plain", `[${secret}]`, '[{"token":"(hidden 1)"}]'],
    ["JSON that is cut off", "application/json", '{"token":"abc', "(hidden)"],
    ["JSON that is cut off, of another type", "text/plain", '{"token":"abc', "(hidden)"],
    ["JSON with a name twice", "application/json", '{"token":"abc","token":"d"}', "(hidden)"],
    ["no JSON, though it is said to be", "application/problem+json", "token abc", "(hidden)"],
    [
      "a form of a type in capitals",
      "Application/X-WWW-Form-Urlencoded",
      "a=%20&token=abc",
      "a=%20&token=%28hidden+1%29",
    ],
    [
      "lines, cut by what is no end of a line",
      "application/jsonl",
      '{"a":"\u2028","token":"abc"}',
      '{"a":"\u2028","token":"(hidden 1)"}',
    ],
    ["a text", "text/plain", "plain", "plain"],
  ])("%s", async (_, type, body, expected) => {
    expect((await keptOf({ headers: { "content-type": type }, body })).body).toBe(expected);
  });

  it.each([
    ["JSON", "application/json", '{"holder":"J\xe4ger","token":"abc"}', '{"holder":"J\ufffdger","token":"(hidden 1)"}'],
    [
      "JSON that is said to be octets",
      "application/octet-stream",
      '["\xe4?token=abc"]',
      '["\ufffd?token=%28hidden+1%29"]',
    ],
    ["JSON that is cut off in a letter", "application/json", '{"token":"abc\xc3', "(hidden)"],
    ["a text", "text/plain", "\xe4?token=abc", "\ufffd?token=%28hidden+1%29"],
    ["a text of no type", "", "\xe4?token=abc", "\ufffd?token=%28hidden+1%29"],
    ["octets", "image/png", "\xe4\x00", "5AA="],
  ])("nor if it is no UTF-8: %s", async (name, type, body, expected) => {
    const kept = await keptOf({ headers: { "content-type": type }, body: Buffer.from(body, "latin1") });
    expect([kept.body, kept.isBase64]).toEqual([expected, name === "octets" ? true : undefined]);
  });
});

describe("texts that must be nowhere", () => {
  it("R55 C are in no number and in no property name", async () => {
    const body = `{"id":4711,"wide":47110000000000000001,"other":12,"cust-77":1,"cust-78":2,"4711":true}`;
    const kept = await keptOf({ body }, { secrets: ["4711", "cust-77", "cust-78"] });
    expect(kept.all).not.toMatch(/4711|cust-7/);
    expect(JSON.parse(kept.body)).toEqual({
      id: 0,
      wide: 0,
      other: 12,
      "(hidden 1)": true,
      "(hidden 2)": 1,
      "(hidden 3)": 2,
    });
  });

  it("are in no path and no query, however they are encoded, and hide no less where one is a part of another", async () => {
    const secrets = ["Ann", "Ann Smith/é@x"];
    const { text } = await recordOf({ secrets, policy: { path: "/things/{id}" } }, [
      { target: "/things/Ann%20Smith%2f%c3%a9@x?who=Ann+Smith%2F%C3%A9%40x" },
      {
        headers: { "content-type": "text/plain" },
        body: "Ann%20Smith%2F%C3%A9%40x Ann%20smith%2f Ann+Smith%2F%C3%A9%40x Ann%20Smith%2f%c3%a9%40x Ann%20Smith/%C3%A9@x",
      },
    ]);
    expect(text).not.toMatch(/Ann|Smith/);
    const [{ target, answer }] = JSON.parse(text).exchanges;
    expect(target).toBe("/things/(hidden)?who=%28hidden%29");
    expect(answer.body).toBe("(hidden) (hidden)%20smith%2f (hidden) (hidden) (hidden)");
  });
});

describe("placeholders", () => {
  const page = (items: readonly number[], nextPageToken: string) => ({
    body: JSON.stringify({ items, nextPageToken }),
  });

  it("tell cursors apart, and leave the empty one empty: pages are played", async () => {
    const { file, text } = await recordOf(
      {},
      [{}, page([1], "abc")],
      [{ target: "/things?pageToken=abc" }, page([2], "def")],
      [{ target: "/things?pageToken=def" }, page([3], "")],
    );
    expect(text).not.toMatch(/abc|def/);
    const { send, tape } = await over(file, {});
    const items: number[] = [];
    const turns: string[] = [];
    for (let target = "/things"; turns.length < 9; ) {
      const { text: told } = await send({ target });
      const { items: more, nextPageToken } = JSON.parse(told);
      items.push(...more);
      turns.push(nextPageToken);
      if (nextPageToken === "") break;
      target = `/things?${new URLSearchParams({ pageToken: nextPageToken })}`;
    }
    expect([items, turns]).toEqual([
      [1, 2, 3],
      ["(hidden 1)", "(hidden 2)", ""],
    ]);
    tape.verify();
  });

  it("what was answered is itself alone when it is asked with", async () => {
    const { file } = await recordOf(
      {},
      [{ target: "/things?token=abc" }, page([1], "")],
      [{ target: "/things?token=def" }, page([2], "")],
    );
    const { send } = await over(file, {});
    expect((await send({ target: "/things?token=(hidden+2)" })).text).toContain("[2]");
    await expect(send({ target: "/things?token=(hidden+2)" })).rejects.toThrow(UnexpectedCall);
    expect((await send({ target: "/things?token=(hidden+1)" })).text).toContain("[1]");
  });

  it("texts of the test's own stand for one and the same, whichever they are and in whichever order", async () => {
    const ask = (pin: string, count = 1): Ask => ({
      method: "POST",
      headers: json,
      body: JSON.stringify({ pin, count }),
    });
    const { file } = await recordOf(
      {},
      [ask("ann"), { body: "1" }],
      [ask("bob"), { body: "2" }],
      [ask("ann", 2), { body: "3" }],
      [ask("bob", 2), { body: "4" }],
    );
    const { send, tape } = await over(file, {});
    const told: string[] = [];
    for (const one of [ask("eve"), ask("joe"), ask("joe", 2), ask("eve", 2)]) told.push((await send(one)).text);
    expect(told).toEqual(["1", "2", "4", "3"]);
    tape.verify();
  });

  it("a cursor is hidden where it is asked with, whatever it is called there", async () => {
    const pagination = { type: "cursor", items: "/items", next: "/nextPageToken", parameter: "query:after" } as const;
    const one = { policy: { pagination } };
    const { file, text } = await recordOf(
      one,
      [{}, page([1], "abc")],
      [{ target: "/things?after=abc" }, page([2], "")],
    );
    expect(text).not.toContain("abc");
    const { send, tape } = await over(file, one);
    await send();
    await send({ target: "/things?after=(hidden+1)" });
    tape.verify();
  });
});

describe("a recording keeps what it keeps as it is", () => {
  it("integers that a number cannot hold, in answers and in requests", async () => {
    const id = "9007199254740993";
    const ask: Ask = { method: "POST", headers: json, body: `{"id":${id}}` };
    const { file, text } = await recordOf({}, [ask, { body: `{"id":${id},"list":[-1${id}]}` }]);
    expect(JSON.parse(text).exchanges[0].body).toBe(`{"id":${id}}`);
    const { send } = await over(file, {});
    await expect(send({ ...ask, body: '{"id":9007199254740992}' })).rejects.toThrow(UnexpectedCall);
    expect((await send(ask)).text).toBe(`{"id":${id},"list":[-1${id}]}`);
  });

  it("and hides declared headers by the name that the spec has for them", async () => {
    const wire: Wire = { headers: { "200": [{ name: "X-Iban" }, { name: "X-Left" }, { name: "Set-Cookie" }] } };
    const { headers } = await keptOf(
      { headers: { "x-iban": "DE1", "x-left": "7", "x-other": "8", "set-cookie": "a=b" } },
      { wire, names: ["X-Iban"] },
    );
    expect(headers).toEqual({ "x-iban": "(hidden 1)", "x-left": "7" });
  });

  it("what cannot be played throws what the package exports", async () => {
    await expect(over(path.join(folder, "none.json"), {})).rejects.toThrow(StaleRecording);
  });
});
