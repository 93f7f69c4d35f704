import { inspect } from "node:util";
import { deserialize, serialize } from "node:v8";
import { consoleLog, readSettings, Secret } from "@sallyport/runtime/server";
import pino from "pino";
import { expect, it } from "vitest";
import { keyDigester } from "../../../../runtime/src/secrets/key-digest.js";

const value = "correct horse battery staple";
const one = new Secret(value);

it("R55 a secret is revealed on request and prints as [secret] everywhere else", () => {
  expect(one.reveal()).toBe(value);
  const lines: string[] = [];
  pino({ base: null }, { write: (line: string) => void lines.push(line) }).info(
    { one, deep: { list: [one] } },
    `${one}`,
  );
  consoleLog((line) => void lines.push(line)).warn({ pepper: one, list: [one] }, String(one));
  const shown = [
    `${one}`,
    `${one}`.concat(""),
    JSON.stringify({ one }),
    inspect(one),
    inspect({ deep: { one } }, { depth: 9, showHidden: true, getters: true }),
    inspect(new Error(`no: ${one}`, { cause: one })),
    Object.entries(one).join(),
    ...lines,
  ];
  expect(shown.join("\n")).not.toContain("horse");
  for (const text of [...shown.slice(0, 6), ...lines]) if (text !== "") expect(text).toContain("[secret]");
  expect(lines).toHaveLength(2);
});

it("a structured clone of a secret, and what is serialized of it, holds nothing", () => {
  for (const copy of [structuredClone({ one }), deserialize(serialize({ one })), { one: { ...one } }])
    expect(inspect(copy, { showHidden: true, depth: 9 })).not.toContain("horse");
});

it("a setting that is a secret comes as one, and follows its source", () => {
  let now = "first";
  const live = new Secret(() => now);
  const env = readSettings({ A: "plain", B: live, C: "text", D: live }, ["A", "D"], ["B", "C"]);
  expect([env.A, env.D, env.B.reveal(), env.C.reveal()]).toEqual(["plain", "first", "first", "text"]);
  now = "second";
  expect(env.B.reveal()).toBe("second");
  expect(() => readSettings({ A: " ", C: new Secret("") }, ["A"], ["B", "C"])).toThrow(
    /A is not set[\s\S]*B is not set[\s\S]*C is not set/,
  );
});

it("R54 a pepper that is rotated while the server runs: new keys get the new one, older keys still verify", () => {
  let now = "0123456789".repeat(4);
  const digester = keyDigester("hmac-sha256", new Secret(() => now));
  const before = digester.stamp("key-1");
  now = "9876543210".repeat(4);
  const after = digester.stamp("key-2");
  expect(after.pepper).not.toBe(before.pepper);
  expect([digester.matches("key-1", before), digester.matches("key-2", after)]).toEqual([true, true]);
  expect([digester.matches("key-2", before), digester.matches("key-1", after)]).toEqual([false, false]);
  expect(keyDigester("hmac-sha256", now).matches("key-1", before)).toBe(false);
  expect(keyDigester("hmac-sha256", [new Secret(now), "0123456789".repeat(4)]).matches("key-1", before)).toBe(true);
});
