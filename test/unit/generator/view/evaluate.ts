import * as runtime from "@sallyport/runtime/schema";
import ts from "typescript";
import * as z from "zod";
import type { Code } from "../../../../generator/code/layout.js";
import { print, usesOf } from "../../../../generator/code/print.js";
import { startLowering } from "../../../../generator/lower/lowering.js";
import { lowerSchema } from "../../../../generator/lower/schema.js";
import type { NamedSchema } from "../../../../generator/model/schema.js";
import type { SpecValue } from "../../../../generator/model/spec.js";
import { schemasView } from "../../../../generator/view/schemas.js";
import { type Direction, defaultOptions, type SchemaOptions } from "../../../../generator/view/zod/context.js";
import { specOf } from "./spec.js";

/** Component schemas, written as in a spec, lifted into the model. */
export function components(schemas: Readonly<Record<string, unknown>>): readonly NamedSchema[] {
  const spec = specOf({ components: { schemas } });
  const run = startLowering(spec, false);
  const cyclic = onCycles(schemas);
  const all = Object.entries(schemas).map(([name, schema]) => ({
    key: name,
    name,
    schema: lowerSchema(run, schema as SpecValue),
    inComponents: true,
    recursive: cyclic.has(name),
    inRequests: true,
    inResponses: true,
    at: spec.at({}),
  }));
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function onCycles(schemas: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const refs = (node: unknown) =>
    [...JSON.stringify(node).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((m) => m[1] ?? "");
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    refs(schemas[from]).some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))));
  return new Set(Object.keys(schemas).filter((name) => reaches(name, name)));
}

interface PrintedConst {
  readonly name: Code;
  readonly type: Code | false;
  readonly value: Code;
}

/** The text of schemas.ts for component schemas, as its template has it but for the comments. */
export function printed(schemas: Readonly<Record<string, unknown>>, options: Partial<SchemaOptions> = {}): string {
  const api = { operations: [], schemas: components(schemas) };
  const { data } = schemasView(api, { ...defaultOptions, ...options });
  const consts = data.consts as unknown as readonly PrintedConst[];
  const uses = consts.flatMap((one) => usesOf(one.value));
  const imports = new Set(
    uses.map((one) =>
      one.name === "*"
        ? `import * as ${one.as} from "${one.from}";`
        : `import { ${one.name} as ${one.as} } from "${one.from}";`,
    ),
  );
  const declarations = consts.map(({ name, type, value }) => {
    const head = `export const ${print(name)}${type === false ? "" : `: ${print(type)}`} = `;
    return `${head}${print(value, { column: head.length, indent: 0 })};`;
  });
  return [...imports, ...declarations].join("\n");
}

/** The exports of a printed module. */
export function evaluate(text: string): Readonly<Record<string, z.ZodType>> {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  });
  const exported: Record<string, z.ZodType> = {};
  const load = (name: string) => (name === "zod" ? z : runtime);
  new Function("require", "exports", outputText)(load, exported);
  return exported;
}

/** A schema in the form of one direction. */
export function schemaFor(
  direction: Direction,
  schema: unknown,
  others: Readonly<Record<string, unknown>> = {},
  formats: SchemaOptions["formats"] = "assert",
): z.ZodType {
  const all = evaluate(printed({ ...others, Subject: schema }, { plain: direction === "plain", formats }));
  const found = (direction === "request" ? all.SubjectInput : undefined) ?? all.Subject;
  if (found === undefined) throw new Error("nothing was printed");
  return found;
}
