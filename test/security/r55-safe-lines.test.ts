import { describe, expect, it } from "vitest";
import type { AuditLine } from "../../runtime/src/observe/audit.js";
import { consoleLog } from "../../runtime/src/observe/console-log.js";
import { jsonLines } from "../../runtime/src/observe/json-lines.js";
import { mask } from "../../runtime/src/observe/mask.js";

const hostile = [
  'x\r\n{"event":"forged"}',
  "\u001b[2J\u001b]0;title\u0007",
  "a\u2028b\u2029c\u0085d",
  "\u202egnp.exe",
  "\u2066\u200f\u200b\ufeff",
  "\u0000\u007f\u009b31m",
  "\ud800",
  "\u{e0041}",
];
const unsafe = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

function lineWith(text: string): AuditLine {
  return {
    time: "2026-01-01T00:00:00Z",
    event: "account.close",
    level: "write",
    outcome: "allowed",
    status: 204,
    operation: "closeAccount",
    requestId: "r1",
    principal: text,
    subject: text,
    fields: { [text]: text, nested: [text] },
  };
}

describe("R55 nothing that a caller sends forges or breaks a line", () => {
  it.each(hostile)("R55 in the audit trail: %j", async (text) => {
    const written: string[] = [];
    await jsonLines((line) => void written.push(line)).write(lineWith(text));
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^[^\n]*\n$/);
    expect(written[0]).not.toMatch(unsafe);
    expect(JSON.parse(written[0] ?? "").event).toBe("account.close");
  });

  it.each(hostile)("R55 a value that was parsed again is still safe to print: %j", async (text) => {
    const written: string[] = [];
    await jsonLines((line) => void written.push(line)).write(lineWith(text));
    expect(JSON.parse(written[0] ?? "").principal).not.toMatch(unsafe);
    expect(JSON.parse(written[0] ?? "").principal).not.toContain("\n");
  });

  it.each(hostile)("R55 in the log: %j", (text) => {
    const written: string[] = [];
    consoleLog((line) => void written.push(line)).error(
      { [text]: text, err: new Error(text, { cause: new Error(text) }) },
      text,
    );
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^[^\n]*\n$/);
    expect(written[0]).not.toMatch(unsafe);
    JSON.parse(written[0] ?? "");
  });

  it.each(hostile)("R55 in a mask: %j", (text) => {
    for (const style of ["plain", "last4", "hash", "drop"] as const) {
      expect(String(mask(`${text}${text}`, style))).not.toMatch(unsafe);
      expect(String(mask(`${text}${text}`, style))).not.toContain("\n");
    }
  });

  it("R55 a harmless line reads as any other does", async () => {
    const written: string[] = [];
    const { fields, ...line } = lineWith("Bär");
    await jsonLines((text) => void written.push(text)).write({ ...line, subject: "a1", principal: "ann" });
    await jsonLines((text) => void written.push(text)).write({ ...line, subject: 'a"1', principal: "ann\u007f" });
    expect(written[0]).toBe(`${JSON.stringify({ ...line, subject: "a1", principal: "ann" })}\n`);
    expect(JSON.parse(written[1] ?? "")).toEqual({ ...line, subject: 'a"1', principal: "ann\\u007f" });
  });

  it("R55 long values are cut", async () => {
    const written: string[] = [];
    await jsonLines((line) => void written.push(line)).write(lineWith("x".repeat(1_048_576)));
    expect(written[0]?.length).toBeLessThan(10_000);
    expect(String(mask("x".repeat(1_048_576), "plain")).length).toBeLessThan(300);
  });

  it("R55 the log hides what is named like a secret, and tokens inside text", () => {
    const written: string[] = [];
    const log = consoleLog((line) => void written.push(line));
    log.warn({
      authorization: "Bearer abcdefgh.ijkl",
      headers: { cookie: "sid=s3cr3t", "x-api-key": "s3cr3t" },
      clientSecret: "s3cr3t",
      password: ["s3cr3t"],
      access_token: "s3cr3t",
      err: new Error("bad token eyJhbGciOiJIUzI1NiJ9.s3cr3t.s3cr3t and Bearer s3cr3ts3cr3t"),
    });
    expect(written.join("")).not.toContain("s3cr3t");
    expect(written.join("")).not.toContain("abcdefgh");
  });
});
