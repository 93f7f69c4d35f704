import { describe, expect, it } from "vitest";
import { print } from "../../../../generator/code/print.js";
import type { NamedSchema, Schema } from "../../../../generator/model/schema.js";
import { schemasView } from "../../../../generator/view/schemas.js";

const note = { deprecated: false, readOnly: false, writeOnly: false, sensitivity: "public" } as const;
const at = { file: "spec.yaml", line: 1, column: 1, endLine: 1, endColumn: 1 };

function named(name: string, schema: Schema): NamedSchema {
  return { key: name, name, schema, inComponents: true, recursive: false, inRequests: true, inResponses: false, at };
}

describe("a default beside allOf", () => {
  it("is held as the schema is that it joins", () => {
    const id: Schema = {
      kind: "assertions",
      assertions: { types: ["integer"], number: { format: "int64", held: "bigint" }, note },
    };
    const first: Schema = {
      kind: "assertions",
      assertions: { allOf: [{ kind: "ref", name: "Id" }], default: { value: 5 }, note },
    };
    const object = {
      properties: [{ name: "first", required: false, schema: first }],
      required: [],
      patterns: [],
      dependentRequired: [],
      dependentSchemas: [],
    };
    const entry: Schema = { kind: "assertions", assertions: { types: ["object"], object, note } };
    const { data } = schemasView({ operations: [], schemas: [named("Entry", entry), named("Id", id)] });
    const consts = data.consts as unknown as readonly { readonly value: Parameters<typeof print>[0] }[];
    expect(consts.map((one) => print(one.value)).join("\n")).toContain("first: z.int64().default(5n)");
  });
});
