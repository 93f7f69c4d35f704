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

describe("what may not be in a log as it is", () => {
  const sensitive = (schema: string, parameter = "{name: q, in: query, schema: {type: string}}") =>
    lower(
      specOf(`openapi: 3.1.0
security: []
paths:
  /a:
    post:
      parameters: [${parameter}]
      requestBody: {content: {application/json: {schema: ${schema}}, text/plain: {schema: {type: string}}}}
      responses: {"200": {description: Done., content: {application/json: {schema: {$ref: "#/components/schemas/Person"}}}}}
components:
  schemas:
    Iban: {type: string, x-sallyport: {sensitivity: pii}}
    Person: {type: object, properties: {pin: {x-sallyport: {sensitivity: secret}}, friends: {type: array, items: {$ref: "#/components/schemas/Person"}}}}
`),
    ).operations[0]?.sensitive.map((one) => [one.in, one.name ?? "", one.pointer, one.mask].join(" "));
  const answers = ["answer  /**/pin drop", "answer  /pin drop"];

  it.each<[string, string, readonly string[]]>([
    ["nothing", "{type: string}", []],
    ["a property", "{properties: {a: {$ref: '#/components/schemas/Iban'}}}", ["body  /a last4"]],
    ["a whole", "{$ref: '#/components/schemas/Iban'}", ["body   last4"]],
    [
      "items: the list as a whole",
      "{properties: {a: {items: {$ref: '#/components/schemas/Iban'}}}}",
      ["body  /a drop"],
    ],
    ["values of a map", "{additionalProperties: {$ref: '#/components/schemas/Iban'}}", ["body   drop"]],
    ["a property of items", "{items: {properties: {a: {x-sallyport: {mask: hash}}}}}", ["body  /*/a hash"]],
    [
      "the strictest of several forms",
      "{oneOf: [{properties: {a: {x-sallyport: {sensitivity: pii}}}}, {properties: {a: {x-sallyport: {sensitivity: secret}}}}]}",
      ["body  /a drop"],
    ],
  ])("%s", (_name, schema, expected) => {
    const found = sensitive(schema);
    expect(found?.filter((one) => one.startsWith("body"))).toEqual(expected);
    expect(found?.filter((one) => one.startsWith("answer") && one.endsWith("/pin drop")).length).toBeGreaterThan(0);
    expect(answers).toEqual(expect.arrayContaining(found?.filter((one) => one.startsWith("answer")) ?? []));
  });

  it("a parameter, and a part of one", () => {
    const whole = "{name: q, in: query, x-sallyport: {sensitivity: secret}, schema: {type: string}}";
    const part =
      "{name: q, in: query, style: deepObject, explode: true, schema: {type: object, properties: {a: {x-sallyport: {sensitivity: pii}}}}}";
    expect(sensitive("{}", whole)).toContain("query q  drop");
    expect(sensitive("{}", part)).toContain("query q /a last4");
  });
});
