import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, describe, expect, it } from "vitest";
import { DiagnosticError } from "../../generator/code/diagnostic.js";
import { emit } from "../../generator/generate.js";
import { typecheck } from "../support/typecheck.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(path.join(root, ".cache-poison-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each would run if it left its literal or its comment. */
const payloads = {
  "end of a block comment": "*/ globalThis.pwned = 1; /*",
  "a comment end that re-forms": "**//\nglobalThis.pwned = 1;//",
  "end of a string": "\"; globalThis.pwned = 1; '; globalThis.pwned = 1; `; globalThis.pwned = 1; //",
  "a template": "$" + "{globalThis.pwned = 1}{{constructor.constructor('globalThis.pwned = 1')()}}",
  "a backslash": '\\"; globalThis.pwned = 1; //\\',
  "line ends":
    "x\r\nglobalThis.pwned = 1;\rglobalThis.pwned = 1;\u2028globalThis.pwned = 1;\u2029globalThis.pwned = 1;\u0085y",
  "turned text": "\u202e\u2066// safe\u2069 globalThis.pwned = 1;\u0000",
} as const;

/** Every place of a spec where text can stand. A place may refuse hostile text, or carry it safely. */
const places: Readonly<Record<string, (spec: Spec, text: string) => void>> = {
  "info.title": (spec, text) => set(spec, ["info", "title"], text),
  "info.version": (spec, text) => set(spec, ["info", "version"], text),
  "info.description": (spec, text) => set(spec, ["info", "description"], text),
  "server url": (spec, text) => set(spec, ["servers", 0, "url"], `https://safe.example/${encodeURI(text)}`),
  "server description": (spec, text) => set(spec, ["servers", 0, "description"], text),
  "server environment": (spec, text) => set(spec, ["servers", 0, "x-sallyport"], { environment: text }),
  "tag name": (spec, text) => set(spec, [...get, "tags"], [text]),
  "operation summary": (spec, text) => set(spec, [...get, "summary"], text),
  "operation description": (spec, text) => set(spec, [...get, "description"], text),
  operationId: (spec, text) => set(spec, [...get, "operationId"], text),
  path: (spec, text) => rename(spec, ["paths"], "/things/{id}", `/${text}/{id}`),
  "path parameter name": (spec, text) => {
    rename(spec, ["paths"], "/things/{id}", `/things/{${text.replace(/[/{}]/g, "")}}`);
    set(
      spec,
      ["paths", `/things/{${text.replace(/[/{}]/g, "")}}`, "get", "parameters", 0, "name"],
      text.replace(/[/{}]/g, ""),
    );
  },
  "query parameter name": (spec, text) => set(spec, [...get, "parameters", 1, "name"], text),
  "header parameter name": (spec, text) =>
    set(spec, [...get, "parameters", 1], { name: text, in: "header", schema: { type: "string" } }),
  "cookie parameter name": (spec, text) =>
    set(spec, [...get, "parameters", 1], { name: text, in: "cookie", schema: { type: "string" } }),
  "parameter description": (spec, text) => set(spec, [...get, "parameters", 1, "description"], text),
  "parameter default": (spec, text) => set(spec, [...get, "parameters", 1, "schema", "default"], text),
  "parameter enum": (spec, text) => set(spec, [...get, "parameters", 1, "schema", "enum"], [text, "other"]),
  "parameter example": (spec, text) => set(spec, [...get, "parameters", 1, "example"], text),
  "response description": (spec, text) => set(spec, [...get, "responses", "200", "description"], text),
  "response status": (spec, text) => rename(spec, [...get, "responses"], "200", text),
  "media type": (spec, text) => rename(spec, [...get, "responses", "200", "content"], "application/json", text),
  "schema name": (spec, text) => {
    rename(spec, ["components", "schemas"], "Thing", text);
    const pointer = text.replaceAll("~", "~0").replaceAll("/", "~1");
    set(spec, [...get, "responses", "200", "content", "application/json", "schema"], {
      $ref: `#/components/schemas/${pointer}`,
    });
  },
  "schema title": (spec, text) => set(spec, [...thing, "title"], text),
  "schema description": (spec, text) => set(spec, [...thing, "description"], text),
  "property name": (spec, text) => set(spec, [...thing, "properties", text], { type: "string" }),
  "required name": (spec, text) => set(spec, [...thing, "required"], ["name", text]),
  "property description": (spec, text) => set(spec, [...thing, "properties", "name", "description"], text),
  "property enum": (spec, text) => set(spec, [...thing, "properties", "name"], { enum: [text, { [text]: text }] }),
  "property const": (spec, text) => set(spec, [...thing, "properties", "name"], { const: text }),
  "property pattern": (spec, text) => set(spec, [...thing, "properties", "name"], { type: "string", pattern: text }),
  "property format": (spec, text) => set(spec, [...thing, "properties", "name"], { type: "string", format: text }),
  "property example": (spec, text) => set(spec, [...thing, "properties", "name", "examples"], [text]),
  "property deprecated note": (spec, text) => set(spec, [...thing, "properties", "name", "x-deprecated"], text),
  "enum names for other generators": (spec, text) =>
    set(spec, [...thing, "properties", "name"], {
      enum: ["a", "b"],
      "x-enum-varnames": [text, text],
      "x-enumNames": [text, text],
    }),
  "additionalProperties description": (spec, text) =>
    set(spec, [...thing, "additionalProperties"], { type: "string", description: text }),
  "security scheme name": (spec, text) => {
    rename(spec, ["components", "securitySchemes"], "key", text);
    set(spec, ["security"], [{ [text]: [] }]);
  },
  "security scheme description": (spec, text) =>
    set(spec, ["components", "securitySchemes", "key", "description"], text),
  "api key header": (spec, text) => set(spec, ["components", "securitySchemes", "key", "name"], text),
  "api key prefix": (spec, text) =>
    set(spec, ["components", "securitySchemes", "key", "x-sallyport"], { apiKey: { prefix: text } }),
  scope: (spec, text) => {
    set(spec, ["components", "securitySchemes", "key"], {
      type: "oauth2",
      flows: { clientCredentials: { tokenUrl: "https://id.example/token", scopes: { [text]: text } } },
      "x-sallyport": { jwt: { issuer: "https://id.example", audience: [text] } },
    });
    set(spec, ["security"], [{ key: [text] }]);
  },
  "role name": (spec, text) => {
    set(spec, ["x-sallyport", "roles"], { [text]: {} });
    set(spec, [...get, "x-sallyport"], { authz: text });
  },
  "limit name": (spec, text) => {
    set(spec, ["x-sallyport", "rateLimits"], { [text]: { limit: 1, window: "1s", key: ["ip"] } });
    set(spec, [...get, "x-sallyport"], { rateLimits: [text] });
  },
  "object type and owner field": (spec, text) =>
    set(spec, [...get, "x-sallyport"], {
      object: { type: text, id: "path:id", rule: "owner", owner: { field: text, equals: "principal.id" } },
    }),
  "audit event": (spec, text) => set(spec, [...get, "x-sallyport"], { audit: { event: text, level: "access" } }),
  "lifecycle docs": (spec, text) => {
    set(spec, [...get, "deprecated"], true);
    set(spec, [...get, "x-sallyport"], {
      lifecycle: { deprecatedAt: "2026-01-01", docs: `https://x.example/${encodeURI(text)}` },
    });
  },
  "a secret's description": (spec, text) =>
    set(spec, ["x-sallyport", "secrets"], { pepper: { env: "PEPPER", description: text } }),
  "an unknown extension": (spec, text) => set(spec, [...get, "x-anything"], { [text]: text }),
  "an unknown keyword": (spec, text) => set(spec, [...thing, text], text),
};

type Spec = Record<string, unknown>;
type Path = readonly (string | number)[];
const get: Path = ["paths", "/things/{id}", "get"];
const thing: Path = ["components", "schemas", "Thing"];

function clean(): Spec {
  return {
    openapi: "3.1.1",
    info: { title: "Things", version: "1" },
    servers: [{ url: "https://things.example" }],
    "x-sallyport": { vocabulary: 1, rateLimits: { perIp: { limit: 9, window: "1s", key: ["ip"] } } },
    security: [{ key: [] }],
    paths: {
      "/things/{id}": {
        get: {
          operationId: "getThing",
          tags: ["things"],
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "string" } },
            { name: "filter", in: "query", schema: { type: "string" } },
          ],
          responses: {
            "200": {
              description: "It.",
              content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } },
            },
          },
        },
      },
    },
    components: {
      securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Key" } },
      schemas: { Thing: { type: "object", required: ["name"], properties: { name: { type: "string" } } } },
    },
  };
}

function at(spec: Spec, path: Path): Record<string | number, unknown> {
  return path.reduce<Record<string | number, unknown>>(
    (node, key) => node[key] as Record<string | number, unknown>,
    spec,
  );
}

function set(spec: Spec, path: Path, value: unknown): void {
  const key = path[path.length - 1];
  if (key !== undefined) at(spec, path.slice(0, -1))[key] = value;
}

function rename(spec: Spec, parent: Path, from: string, to: string): void {
  const node = at(spec, parent);
  node[to] = node[from];
  delete node[from];
}

/** What would run: any mention of the payload's names as code, outside literals and comments. */
function escaped(name: string, text: string): readonly string[] {
  const tree = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const faults = (tree as unknown as { parseDiagnostics: readonly ts.Diagnostic[] }).parseDiagnostics.map(
    (one) => `${name}: does not parse: ${ts.flattenDiagnosticMessageText(one.messageText, " ")}`,
  );
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && ["globalThis", "pwned", "constructor"].includes(node.text))
      faults.push(`${name}: ${node.text} is code`);
    if (ts.isTemplateExpression(node)) faults.push(`${name}: a template expression`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  // Line terminators end comments: none but our own line feeds may stand in the file.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL is what we look for.
  if (/[\r\u2028\u2029\u0085\u0000\u202a-\u202e\u2066-\u2069]/.test(text))
    faults.push(`${name}: a raw line end or bidi control`);
  return faults;
}

async function emitted(place: string, text: string) {
  const spec = clean();
  places[place]?.(spec, text);
  const file = path.join(folder, "spec.json");
  writeFileSync(file, JSON.stringify(spec));
  return emit({ spec: file, cwd: folder }).catch((error: unknown) => {
    // Refusing is fine; crashing is not.
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  });
}

/** Places that must carry any text: refusing there would refuse honest specs. */
const mustCarry = [
  "info.title",
  "info.description",
  "operation summary",
  "operation description",
  "schema description",
  "property enum",
];

describe.each(Object.keys(places))("R1 R2 hostile text as %s", (place) => {
  it("stays inside its literal or comment, or is refused", async () => {
    for (const [kind, text] of Object.entries(payloads)) {
      const result = await emitted(place, text);
      if (result === undefined) {
        expect(mustCarry, `${kind} was refused`).not.toContain(place);
        continue;
      }
      const faults = result.files
        .filter((file) => file.path.endsWith(".ts"))
        .flatMap((file) => escaped(file.path, file.text));
      expect(faults, kind).toEqual([]);
    }
  });
});

describe("R1 a spec that is hostile in every place that carries it", () => {
  it("emits modules that type-check, and that run nothing of it when they are imported", async () => {
    const spec = clean();
    const all = Object.values(payloads).join(" ");
    for (const place of [
      ...mustCarry,
      "parameter description",
      "response description",
      "property const",
      "server description",
      "tag name",
    ]) {
      places[place]?.(spec, all);
    }
    const output = path.join(folder, "all");
    writeFileSync(path.join(folder, "all.json"), JSON.stringify(spec));
    const { generate } = await import("../../generator/index.js");
    await generate({ spec: path.join(folder, "all.json"), output, cwd: folder });
    for (const module of ["policy", "wire", "schemas", "server", "client", "trpc", "env"])
      await import(path.join(output, `${module}.ts`));
    expect("pwned" in globalThis).toBe(false);
    expect(await typecheck(output, "TypeScript 5.9")).toBe("");
  }, 240_000);
});
