import { describe, expect, it } from "vitest";
import { printed, schemaFor } from "./evaluate.js";

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const kind = (...names: readonly string[]) => ({ type: "string", enum: names });
const object = (properties: object, required: readonly string[] = ["kind"]) => ({
  type: "object",
  required,
  properties,
});
const others = {
  Cat: object({ kind: { const: "cat" }, lives: { type: "integer" } }),
  Dog: object({ kind: kind("dog", "wolf"), loud: { type: "boolean" } }),
  Bird: object({ kind: kind("bird"), lays: { type: "boolean" } }, []),
  Tiger: object({ kind: kind("cat", "tiger") }),
};
const print = (schema: unknown) => printed({ ...others, Subject: schema });
const fits = (schema: unknown, value: unknown) =>
  (["plain", "request", "response"] as const).map(
    (direction) => schemaFor(direction, schema, others).safeParse(value).success,
  );
const always = [true, true, true];
const never = [false, false, false];

describe.each(["oneOf", "anyOf"])("alternatives of %s that a required property tells apart", (keyword) => {
  const schema = { [keyword]: [ref("Cat"), ref("Dog"), { type: "null" }] };

  it("are asked by its value, and decided as they would be one by one", () => {
    expect(print(schema)).toContain('z.discriminatedUnion("kind", [Cat, Dog]).nullable()');
    expect(fits(schema, { kind: "cat", lives: 9 })).toEqual(always);
    expect(fits(schema, { kind: "wolf", loud: true })).toEqual(always);
    expect(fits(schema, null)).toEqual(always);
    expect(fits(schema, { kind: "cat", lives: "9" })).toEqual(never);
    expect(fits(schema, { kind: "cow" })).toEqual(never);
    expect(fits(schema, { lives: 9 })).toEqual(never);
    expect(fits(schema, "cat")).toEqual(never);
  });

  it("name the keys that the one that fits does not know, in a request", () => {
    const { error } = schemaFor("request", schema, others).safeParse({ kind: "cat", loud: true });
    expect(error?.issues).toMatchObject([{ code: "unrecognized_keys", keys: ["loud"], path: [] }]);
  });
});

describe("alternatives that nothing tells apart are weighed", () => {
  it.each([
    ["one value in two of them", [ref("Cat"), ref("Tiger")]],
    ["a property that is not required", [ref("Cat"), ref("Bird")]],
    ["a component that is no object", [ref("Cat"), { type: "object", properties: { kind: kind("x") } }]],
  ])("%s", (_, oneOf) => {
    expect(print({ oneOf })).not.toContain("discriminatedUnion");
  });

  it("whatever `discriminator` says: it changes no verdict", () => {
    const oneOf = [ref("Cat"), ref("Bird")];
    const named = { oneOf, discriminator: { propertyName: "kind", mapping: { bird: ref("Cat").$ref } } };
    expect(print(named)).toBe(print({ oneOf }));
    expect(fits(named, { kind: "cat" })).toEqual(always);
  });
});
