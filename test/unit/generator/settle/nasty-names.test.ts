import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import ts from "typescript";
import { afterAll, describe, expect, it } from "vitest";
import { emit } from "../../../../generator/generate.js";
import { reservedWords } from "../../../../generator/settle/reserved.js";
import { typecheck } from "../../../support/typecheck.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const folder = mkdtempSync(path.join(root, ".cache-names-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names that generators stumble over, and anything else. */
const nasty = fc.oneof(
  fc.constantFrom(...reservedWords),
  fc.constantFrom(
    "constructor",
    "toString",
    "hasOwnProperty",
    "then",
    "valueOf",
    "prototype",
    "apply",
    "call",
    "toJSON",
  ),
  fc.constantFrom(
    "z",
    "api",
    "policy",
    "schemas",
    "wire",
    "client",
    "scheme",
    "role",
    "Schemas",
    "Handlers",
    "Options",
    "Client",
    "Auth",
  ),
  fc.constantFrom(
    "getUser",
    "GetUser",
    "getuser",
    "get-user",
    "get_user",
    "get user",
    "getUser2",
    "getUserInput",
    "getUserCall",
  ),
  fc.constantFrom(
    "Error",
    "error",
    "ERROR",
    "Array",
    "Promise",
    "String",
    "Record",
    "Date",
    "unknown",
    "any",
    "never",
    "object",
    "string",
  ),
  fc.constantFrom(
    "größe",
    "名前",
    "ﬁle",
    "file",
    "e\u0301",
    "é",
    "😀",
    "\u202euser",
    "a\u200db",
    "*/",
    "`$" + "{x}`",
    "</script>",
    "\\",
    "'",
    '"',
    "\n",
    "{}",
  ),
  fc.constantFrom("x".repeat(300), `${"x".repeat(300)}y`, "2fa", "007", "$", "_", "__", "-", "."),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const names = (maxLength: number) =>
  fc.uniqueArray(
    nasty.filter((name) => name !== "__proto__" && name !== ""),
    { minLength: 1, maxLength },
  );
const inPath = (name: string) => name.replace(/[{}/?#%]|[\ud800-\udfff]/gu, "_");

interface Named {
  readonly operations: readonly string[];
  readonly paths: readonly string[];
  readonly tags: readonly string[];
  readonly schemas: readonly string[];
  readonly properties: readonly string[];
  readonly parameters: readonly string[];
}

const spec: fc.Arbitrary<Named> = fc.record({
  // SP503 refuses a percent sign that encodes nothing.
  operations: names(8).map((all) => [...new Set(all.map((name) => name.replaceAll("%", "_")))]),
  paths: names(8).map((all) => [...new Set(all.map(inPath))]),
  tags: names(4),
  // SP502 refuses a percent sign there.
  schemas: names(8).map((all) => [...new Set(all.map((name) => name.replaceAll("%", "_")))]),
  properties: names(6),
  parameters: names(6),
});

const key = (name: string) => JSON.stringify(name);

type Order = (entries: readonly string[]) => readonly string[];

/** A description in which these names stand. */
function text(named: Named, order: Order = (entries) => entries): string {
  const { operations, paths, tags, schemas, properties, parameters } = named;
  const ref = (index: number) => ({ $ref: `#/components/schemas/${pointer(schemas[index % schemas.length] ?? "")}` });
  const body = (index: number) => ({ content: { "application/json": { schema: ref(index) } } });
  const operation = (extra: object, index: number) => ({
    ...extra,
    tags: [tags[index % tags.length]],
    parameters: parameters.map((name, at) => ({
      name,
      // Names of headers have no case: two of them that differ by it would be one (SP154).
      in: at === 1 ? "header" : "query",
      schema: { type: "string" },
    })),
    requestBody: body(index),
    responses: { 200: { description: "It.", ...body(index) } },
  });
  const post = (at: string, extra: object, index: number) =>
    `${key(at)}: {"post": ${JSON.stringify(operation(extra, index))}}`;
  const entries = [
    ...operations.map((operationId, index) => post(`/by-id/${index}`, { operationId }, index)),
    ...paths.map((one, index) => post(`/${one}`, {}, index)),
  ];
  const ownSchemas = schemas.map((name) => {
    const fields = properties.map((field) => `${key(field)}: {"type": "string", "readOnly": true}`).join();
    return `${key(name)}: {"type": "object", "properties": {${fields}}}`;
  });
  const components = `"components": {"schemas": {${order(ownSchemas).join()}}}`;
  return `{"openapi": "3.1.1", "info": {"title": "T", "version": "1"}, "security": [], "paths": {${order(entries).join()}}, ${components}}`;
}

/** UTF-8 holds no half of a surrogate pair. */
const wellFormedText = (text: string) => Buffer.from(text).toString();
const pointer = (name: string) => encodeURIComponent(wellFormedText(name).replaceAll("~", "~0").replaceAll("/", "~1"));

async function emitted(named: Named, into: string, order?: Order): Promise<ReadonlyMap<string, string>> {
  mkdirSync(path.join(folder, into), { recursive: true });
  const file = path.join(folder, into, "spec.json");
  writeFileSync(file, text(named, order));
  const { files } = await emit({ spec: file, cwd: folder });
  return new Map(files.map((one) => [one.path, one.text]));
}

/** Names that a module declares. */
function declared(source: string): readonly string[] {
  const tree = ts.createSourceFile("x.ts", source, ts.ScriptTarget.Latest);
  return tree.statements.flatMap((one) => {
    if (ts.isVariableStatement(one))
      return one.declarationList.declarations.map((two) => `value ${two.name.getText(tree)}`);
    if (ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one)) return [`type ${one.name.text}`];
    return ts.isFunctionDeclaration(one) ? [`value ${one.name?.text}`] : [];
  });
}

const wellFormed = (named: Named): Named =>
  Object.fromEntries(
    Object.entries(named).map(([place, all]) => [place, [...new Set(all.map((one: string) => wellFormedText(one)))]]),
  ) as unknown as Named;

describe("any names", () => {
  it("become files that parse and type-check, and declare nothing twice", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(spec, async (drawn) => {
        const into = `run-${run++}`;
        const files = await emitted(wellFormed(drawn), into);
        for (const [name, source] of files) {
          if (!name.endsWith(".ts")) continue;
          const all = declared(source);
          expect(new Set(all).size, name).toBe(all.length);
          writeFileSync(path.join(folder, into, name), source);
        }
      }),
      { numRuns: 12, seed: 7 },
    );
    expect(run).toBeGreaterThanOrEqual(12);
    expect(await typecheck(folder, "TypeScript 7")).toBe("");
  }, 120_000);

  it("do not depend on the order of the spec", async () => {
    await fc.assert(
      fc.asyncProperty(spec, async (drawn) => {
        const named = wellFormed(drawn);
        const one = await emitted(named, "order");
        const other = await emitted(named, "order", (entries) => entries.toReversed());
        expect(other).toEqual(one);
      }),
      { numRuns: 8, seed: 7 },
    );
  }, 120_000);
});
