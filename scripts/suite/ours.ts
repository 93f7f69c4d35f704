import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as z from "zod";
import { DiagnosticError } from "../../generator/code/diagnostic.js";
import { emit } from "../../generator/generate.js";
import { checkerOf } from "../../runtime/src/server/shortcut/shortcut.js";
import { bare, type Remote } from "./cases.js";
import { documentOf, type Subjects } from "./document.js";
import type { Judgement, Judges } from "./judge.js";

/** Which form of a schema is asked: plain validation, or what a server makes of it for requests and responses. */
export type Form = "plain" | "request" | "response";

type Formats = "assert" | "annotate";

/** Where descriptions and schemas go: below the repository, so that packages resolve. */
export const folder = fileURLToPath(new URL("../../.cache/suite/", import.meta.url));

/**
 * The cases through the whole pipeline: one description, generated, imported. A case that generation refuses is left out with the
 * reason, and the others are generated without it.
 */
export async function ourJudges(
  subjects: Subjects,
  remotes: readonly Remote[],
  form: "plain" | "both",
  formats: Formats,
): Promise<(form: Form) => Judges> {
  const refused = new Map<string, string>();
  const module = await generated(subjects, remotes, form, formats, refused);
  return (asked) =>
    new Map([...subjects.keys()].map((name) => [name, judgeOf(module[`op${name}`], asked, refused.get(name))]));
}

interface OperationSchemas {
  readonly body?: Readonly<Record<string, z.ZodType>>;
  readonly responses: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>>;
}
type Module = Readonly<Record<string, OperationSchemas>>;

function judgeOf(schemas: OperationSchemas | undefined, form: Form, refusal: string | undefined): Judgement {
  const media = form === "request" ? schemas?.body : schemas?.responses["200"];
  const schema = media?.["application/json"];
  if (schema === undefined) return { refusal: refusal ?? "nothing was emitted" };
  const check = checkerOf(schema);
  return {
    accepts: (data) => {
      const { success } = schema.safeParse(bare(data));
      // A server asks this one, which asks the schema where it is not sure.
      const result = check(bare(data));
      if (result instanceof Promise || (result.issues === undefined) !== success)
        throw new Error("the server's shortcut says something else than the schema");
      return success;
    },
  };
}

/**
 * The cases that can be generated together, and then those that were refused beside others: two may give one name to different schemas.
 * What is refused in the end is refused by itself.
 */
async function generated(
  subjects: Subjects,
  remotes: readonly Remote[],
  form: "plain" | "both",
  formats: Formats,
  refused: Map<string, string>,
): Promise<Module> {
  let all: Module = {};
  let open = subjects;
  for (let batch = 0; open.size > 0; batch += 1) {
    refused.clear();
    const one = await generatedTogether(open, remotes, { form, formats, batch }, refused);
    if (one === undefined) break;
    all = { ...all, ...one };
    open = new Map([...open].filter(([name]) => refused.has(name)));
  }
  return all;
}

interface Run {
  readonly form: "plain" | "both";
  readonly formats: Formats;
  readonly batch: number;
}

/** `undefined` when all are refused. */
async function generatedTogether(
  subjects: Subjects,
  remotes: readonly Remote[],
  { form, formats, batch }: Run,
  refused: Map<string, string>,
): Promise<Module | undefined> {
  mkdirSync(folder, { recursive: true });
  const base = path.join(folder, `${form}-${formats}-${batch}`);
  while ([...subjects.keys()].some((name) => !refused.has(name))) {
    const { text, nameAt } = documentOf(subjects, remotes, refused, form === "both");
    writeFileSync(`${base}.json`, text);
    try {
      const { files } = await emit({ spec: `${base}.json`, only: ["schemas"], formats, plain: form === "plain" });
      writeFileSync(`${base}.ts`, files.find((file) => file.path === "schemas.ts")?.text ?? "");
      return await import(pathToFileURL(`${base}.ts`).href);
    } catch (thrown) {
      if (!(thrown instanceof DiagnosticError)) throw thrown;
      const before = refused.size;
      for (const { at, code, message, severity } of thrown.diagnostics) {
        const name = nameAt(at?.line ?? 0);
        if (severity === "error" && name !== undefined && !refused.has(name)) refused.set(name, `${code} ${message}`);
      }
      if (refused.size === before) throw thrown;
    }
  }
  return undefined;
}
