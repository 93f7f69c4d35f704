import { describe, expect, it } from "vitest";
import type { AuditLine } from "../../../../runtime/src/observe/audit.js";
import { toAuditLine } from "../../../../runtime/src/observe/json-lines.js";

const least: AuditLine = { time: "2026-11-25T17:00:00.000Z", event: "key.created", level: "write", outcome: "allowed" };
const most: AuditLine = {
  ...least,
  status: 403,
  operation: "getAccount",
  requestId: "763a1df8-5e7e-4e5f-b1af-d34f49b6b002",
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  code: "forbidden",
  reason: "the role rule does not hold",
  principal: "https://id.example|ann",
  scheme: "token",
  address: "2001:db8::1",
  subject: "a1",
};

describe("an audit line", () => {
  it("is the JSON of all that it holds, however little that is", () => {
    for (const line of [least, most, { ...least, status: 0 }, { ...most, fields: { "/amount": 12 } }]) {
      expect(JSON.parse(toAuditLine(line))).toEqual(line);
      expect(toAuditLine(line).endsWith("}\n")).toBe(true);
    }
  });

  it("is told in one order: when, what, how, where, why, who", () => {
    expect(Object.keys(JSON.parse(toAuditLine(most)))).toEqual(
      "time event level outcome status operation requestId traceId code reason principal scheme address subject".split(
        " ",
      ),
    );
  });

  it("loses nothing that a sink of one's own, or a later version, has added", () => {
    expect(JSON.parse(toAuditLine({ ...most, tenant: "t1" } as AuditLine))).toEqual({
      ...most,
      tenant: "t1",
    });
  });

  it("stays one line of JSON whatever stands in any of its texts", () => {
    const texts = Object.entries(most).filter(([, value]) => typeof value === "string");
    for (const [name] of texts)
      for (const bad of ['say "x"', "a\\b", "a\nb", "a\u0000b", "\u202eb", "é", "😀", "x".repeat(3_000)]) {
        const text = toAuditLine({ ...most, [name]: bad });
        expect(text.indexOf("\n")).toBe(text.length - 1);
        expect(Object.keys(JSON.parse(text)).sort()).toEqual(Object.keys(most).sort());
        expect(text.length).toBeLessThan(2_000);
      }
  });

  it("holds what is absent as absent", () => {
    expect(JSON.parse(toAuditLine({ ...least, subject: undefined } as unknown as AuditLine))).toEqual(least);
  });
});
