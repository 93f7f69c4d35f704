import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noTrace, receivedTrace } from "../../../../runtime/src/observe/trace.js";
import { exchangeWith } from "../../../support/exchange.js";

const id = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";
const good = `00-${id}-${span}-01`;
const read = (traceparent: string | readonly string[], tracestate: string | readonly string[] = []) =>
  receivedTrace(exchangeWith({ traceparent, tracestate }).headers);

describe("W3C Trace Context", () => {
  it("is read, and handed on", () => {
    expect(read(good, ["a=1, b@v=x y", "c=2"])).toEqual({
      id,
      spanId: span,
      sampled: true,
      headers: { traceparent: good, tracestate: "a=1,b@v=x y,c=2" },
    });
    expect(read(`00-${id}-${span}-00`)).toMatchObject({ sampled: false });
    expect(read(`00-${id}-${span}-ff`).headers.traceparent).toBe(`00-${id}-${span}-03`);
  });

  it("of a later version is read as far as it is known, and handed on as our own", () => {
    for (const later of [`cc-${id}-${span}-01`, `cc-${id}-${span}-01-what the future brings`])
      expect(read(later).headers).toEqual({ traceparent: good });
  });

  it.each([
    ["nothing", ""],
    ["zeros for a trace", `00-${"0".repeat(32)}-${span}-01`],
    ["zeros for a span", `00-${id}-${"0".repeat(16)}-01`],
    ["upper case", good.toUpperCase()],
    ["version ff", `ff-${id}-${span}-01`],
    ["more than version 00 has", `${good}-x`],
    ["later version without its dash", `cc-${id}-${span}-01x`],
    ["a line feed", `${good}\n`],
    ["blanks", ` ${good}`],
    ["too short an id", `00-${id.slice(1)}-${span}-01`],
    ["no hexadecimal digits", `00-${id.replace("a", "g")}-${span}-01`],
    ["a million characters", `cc-${id}-${span}-01-${"x".repeat(1_000_000)}`],
    ["two of them", [good, good]],
  ])("%s is dropped, and tracestate with it", (_name, text) => {
    expect(read(text, "a=1")).toBe(noTrace);
  });

  it.each([
    ["no pair", "a"],
    ["no key", "=1"],
    ["upper case in a key", "A=1"],
    ["a key twice", "a=1,b=2,a=3"],
    ["a control in a value", "a=\u001b[2J"],
    ["a line separator", "a=\u2028"],
    ["an equals sign in a value", "a=b=c"],
    ["33 members", Array.from({ length: 33 }, (_, at) => `k${at}=1`).join(",")],
    ["megabytes", `a=${"x".repeat(1_000_000)}`],
  ])("tracestate with %s is dropped, and the trace is not", (_name, state) => {
    expect(read(good, state)).toMatchObject({ id, headers: { traceparent: good } });
    expect(read(good, state).headers).not.toHaveProperty("tracestate");
  });

  it("tracestate beyond 512 characters loses whole members from its end", () => {
    const members = Array.from({ length: 8 }, (_, at) => `k${at}=${"v".repeat(96)}`);
    expect(read(good, members.join(",")).headers.tracestate).toBe(members.slice(0, 5).join(","));
  });

  it("whatever comes, what is handed on can stand in a header field, and is short", () => {
    const line = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constant(good),
      fc.string().map((one) => `a=${one},b=1`),
    );
    fc.assert(
      fc.property(line, fc.array(line, { maxLength: 3 }), (parent, states) => {
        const { headers } = read(parent, states);
        expect(Object.values(headers).join("")).toMatch(/^[\x20-\x7e]{0,567}$/);
      }),
    );
  });
});
