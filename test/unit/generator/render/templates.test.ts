import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { comment } from "../../../../generator/code/comment.js";
import { identifier, use } from "../../../../generator/code/identifier.js";
import { literal } from "../../../../generator/code/literal.js";
import { checkTemplate } from "../../../../generator/render/check.js";
import { render } from "../../../../generator/render/engine.js";
import { precompileTemplates } from "../../../../generator/render/precompile.js";

const root = new URL("../../../../", import.meta.url);
const header = comment("From a test.");

describe("R1 a template says nothing but our helpers", () => {
  it.each([
    ["{{name}}", "none of our helpers"],
    ["{{{name}}}", "none of our helpers"],
    ["{{&name}}", "none of our helpers"],
    ["{{lookup this name}}", "none of our helpers"],
    ["{{constructor.constructor}}", "none of our helpers"],
    ["{{#with name}}x{{/with}}", "none of our helpers"],
    ["{{#name}}x{{/name}}", "none of our helpers"],
    ["{{#put name}}x{{/put}}", "none of our helpers"],
    ["{{each name}}", "none of our helpers"],
    ["{{put (lookup this name)}}", "takes PathExpression"],
    ['{{put "text"}}', "takes PathExpression"],
    ["{{put name width=3}}", "takes PathExpression"],
    ["{{use name}}", "takes StringLiteral"],
    ['{{useType "Name" module}}', "takes StringLiteral"],
    ["{{#each list}}{{#if this}}{{name}}{{/if}}{{/each}}", "none of our helpers"],
    ["{{#if name}}{{else}}{{name}}{{/if}}", "none of our helpers"],
    ["{{> (lookup this name)}}", "nothing but its name"],
    ["{{> part name}}", "nothing but its name"],
    ["{{#> part}}x{{/part}}", "not for our templates"],
    ["{{#*inline name}}x{{/inline}}", "not for our templates"],
  ])("%s is refused", (source, why) => {
    expect(() => checkTemplate("test.hbs", `first line\n${source}`)).toThrow(why);
  });

  it("says where", () => {
    expect(() => checkTemplate("test.hbs", "one\ntwo {{three}}")).toThrow("test.hbs:2:");
  });

  it("ours pass, and are precompiled as they are", () => {
    const names = readdirSync(new URL("templates", root));
    expect(names.length).toBeGreaterThan(7);
    for (const name of names) checkTemplate(name, readFileSync(new URL(`templates/${name}`, root), "utf8"));
    expect(readFileSync(new URL("generator/render/precompiled.ts", root), "utf8")).toBe(precompileTemplates());
  });
});

describe("R1 a template puts nothing but Code", () => {
  const data = { header, hasSettings: false, members: literal({}), names: [literal([])] };

  it("takes Code", () => {
    expect(render({ template: "env", data })).toContain("readSettings(source, [])");
  });

  it.each([
    ["text", "globalThis.pwned"],
    ["a number", 1],
    ["nothing", undefined],
    ["what looks like Code", { kind: "text", text: "pwned" }],
  ])("%s is refused", (_, names) => {
    expect(() => render({ template: "env", data: { ...data, names: [names] } })).toThrow(TypeError);
  });

  it("a misspelt condition or loop is an error, not nothing", () => {
    expect(() => render({ template: "env", data: { ...data, hasSettings: undefined } })).toThrow(TypeError);
    expect(() => render({ template: "trpc", data: { header, procedures: literal({}) } })).toThrow(TypeError);
  });

  it("nothing of a prototype is a template or a field", () => {
    expect(() => render({ template: "constructor", data: {} })).toThrow("no template");
    expect(() => render({ template: "env", data: Object.create(data) })).toThrow(TypeError);
  });
});

describe("imports are a consequence of use", () => {
  const schemas = (value: ReturnType<typeof use>) =>
    render({
      template: "schemas",
      data: { header, hasSchemas: false, consts: [{ doc: false, name: identifier("a"), type: false, value }] },
    });

  it("what is used is imported, under the name that it is used by", () => {
    expect(schemas(use("readOnlyKeys", "@sallyport/runtime/schema", "readOnlyKeys_"))).toContain(
      'import { readOnlyKeys as readOnlyKeys_ } from "@sallyport/runtime/schema";',
    );
  });

  it("what is not used is not", () => {
    expect(schemas(literal(1))).not.toContain("import");
  });
});
