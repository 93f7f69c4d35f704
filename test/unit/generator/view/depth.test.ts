import { describe, expect, it } from "vitest";
import { schemaFor } from "./evaluate.js";

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const others = {
  Tree: { type: "object", properties: { left: ref("Tree"), list: { type: "array", items: ref("Tree") } } },
  Either: {
    anyOf: [
      { type: "string" },
      { type: "object", allOf: [{ properties: { next: ref("Either") } }, { minProperties: 1 }] },
    ],
  },
  Nested: { type: "array", uniqueItems: true, items: ref("Nested") },
};

function nested(depth: number, wrap: (inner: unknown) => unknown, leaf: unknown): unknown {
  let value = leaf;
  for (let at = 0; at < depth; at += 1) value = wrap(value);
  return value;
}

const cases = {
  "a tree": [ref("Tree"), (inner: unknown) => ({ left: inner }), {}],
  "a tree of lists": [ref("Tree"), (inner: unknown) => ({ list: [inner] }), {}],
  "alternatives of branches": [ref("Either"), (inner: unknown) => ({ next: inner }), "end"],
  "lists in lists": [ref("Nested"), (inner: unknown) => [inner], []],
  "equal items": [{ type: "array", uniqueItems: true }, (inner: unknown) => [inner, 1], []],
} as const;

describe("R31 a value that nests deeper than the stack", () => {
  it.each(Object.entries(cases))("%s: is refused, and nothing is thrown", (_, [schema, wrap, leaf]) => {
    for (const direction of ["request", "response"] as const) {
      const zod = schemaFor(direction, schema, others);
      expect(zod.safeParse(nested(50, wrap, leaf)).success).toBe(true);
      const { error } = zod.safeParse(nested(100_000, wrap, leaf));
      expect(JSON.stringify(error?.issues)).toContain("is nested too deeply");
      // The guard is down again: the next value is judged like the first.
      expect(zod.safeParse(nested(50, wrap, leaf)).success).toBe(true);
    }
  });

  it("says where a shallow fault is as before", () => {
    const { error } = schemaFor("request", ref("Tree"), others).safeParse({ left: { list: [{}, { left: 1 }] } });
    expect(error?.issues.map((one) => one.path.join("/"))).toEqual(["left/list/1/left"]);
  });
});
