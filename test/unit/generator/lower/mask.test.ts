import { describe, expect, it } from "vitest";
import { lower } from "../../../../generator/lower/lower.js";
import { specOf } from "../../../support/spec.js";

function maskOf(body: string, pointer: string, more = ""): string | undefined {
  const draft = lower(
    specOf(`openapi: 3.1.0
security: []
paths:
  /a:
    post:
      x-sallyport: {audit: {event: e, fields: ["${pointer}"]}}
      requestBody: {content: {application/json: {schema: ${body}}${more}}}
      responses: {"204": {description: Done.}}
components:
  schemas:
    Iban: {type: string, x-sallyport: {sensitivity: pii}}
    Person: {type: object, properties: {name: {type: string}, iban: {$ref: "#/components/schemas/Iban"}, friend: {$ref: "#/components/schemas/Person"}}}
`),
  );
  return draft.operations[0]?.audit?.fields[0]?.mask;
}

describe("pii and secret never reach an audit line unmasked", () => {
  it.each<[string, string, string, string]>([
    ["nothing said", "{properties: {a: {type: string}}}", "/a", "plain"],
    ["internal", "{properties: {a: {x-sallyport: {sensitivity: internal}}}}", "/a", "plain"],
    ["pii", "{properties: {a: {x-sallyport: {sensitivity: pii}}}}", "/a", "last4"],
    ["secret", "{properties: {a: {x-sallyport: {sensitivity: secret}}}}", "/a", "drop"],
    ["a style wins", "{properties: {a: {x-sallyport: {sensitivity: secret, mask: hash}}}}", "/a", "hash"],
    ["full hides fully", "{properties: {a: {x-sallyport: {sensitivity: pii, mask: full}}}}", "/a", "drop"],
    ["through a reference", "{properties: {a: {$ref: '#/components/schemas/Iban'}}}", "/a", "last4"],
    [
      "through allOf",
      "{allOf: [{properties: {a: true}}, {properties: {a: {x-sallyport: {sensitivity: secret}}}}]}",
      "/a",
      "drop",
    ],
    [
      "under a secret object",
      "{properties: {o: {x-sallyport: {sensitivity: secret}, properties: {a: {type: string}}}}}",
      "/o/a",
      "drop",
    ],
    ["an object that holds pii", "{$ref: '#/components/schemas/Person'}", "/friend", "drop"],
    ["deep in a recursive schema", "{$ref: '#/components/schemas/Person'}", "/friend/friend/name", "plain"],
    ["an item", "{properties: {a: {items: {x-sallyport: {sensitivity: secret}}}}}", "/a/0", "drop"],
    ["an additional property", "{additionalProperties: {x-sallyport: {sensitivity: pii}}}", "/x", "last4"],
    ["an escaped name", "{properties: {a/b: {x-sallyport: {sensitivity: pii}}}}", "/a~1b", "last4"],
    ["a body that nothing describes", "{}", "/a", "plain"],
  ])("%s", (_, schema, pointer, mask) => {
    expect(maskOf(schema, pointer)).toBe(mask);
  });

  it.each([
    ["the schema", "schema: {type: string, x-sallyport: {sensitivity: pii}}"],
    ["the parameter", "schema: {type: string}, x-sallyport: {sensitivity: pii}"],
    ["the parameter of a named schema", "schema: {$ref: '#/components/schemas/Id'}, x-sallyport: {mask: last4}"],
  ])("a subject that %s says is sensitive", (_, said) => {
    const draft = lower(
      specOf(`openapi: 3.1.0
security: []
paths: {"/{id}": {get: {parameters: [{name: id, in: path, ${said}}], x-sallyport: {audit: {event: e, subject: "path:id"}}, responses: {}}}}
components: {schemas: {Id: {type: string}}}`),
    );
    expect(draft.operations[0]?.audit?.subject).toEqual({ in: "path", name: "id", mask: "last4" });
  });

  it("the strictest of several bodies", () => {
    const form =
      ", application/x-www-form-urlencoded: {schema: {properties: {a: {x-sallyport: {sensitivity: secret}}}}}";
    expect(maskOf("{properties: {a: {type: string}}}", "/a", form)).toBe("drop");
  });
});
