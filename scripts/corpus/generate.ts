import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { DiagnosticError, generate } from "../../generator/index.js";
import type { Entry } from "./entry.js";
import { type Description, overlayFor } from "./overlay.js";
import { cache, digestOf, documentOf } from "./packages.js";

/** What became of a description. */
export interface Outcome {
  readonly id: string;
  readonly dialect: string;
  readonly operations: number;
  readonly schemas: number;
  readonly octets: number;
  /** Wall time of the whole run, from the file to the files. */
  readonly milliseconds: number;
  /** Where the files are; absent where none were written. */
  readonly output?: string;
  /** Over all emitted files. */
  readonly digest?: string;
  readonly warnings: number;
  /** Codes of the diagnostics that stopped generation, with the first message. */
  readonly refused?: string;
  /** What was thrown that is no diagnostic: always a fault of ours. */
  readonly crash?: string;
}

/** Generates everything from one description of the corpus. Never throws. */
export async function generateEntry(entry: Entry): Promise<Outcome> {
  const spec = documentOf(entry);
  const text = readFileSync(spec, "utf8").replace(/^\uFEFF/, "");
  const document: Description = spec.endsWith(".json") ? JSON.parse(text) : parse(text);
  const folder = path.join(cache, "out", entry.id);
  const overlay = path.join(cache, "overlays", `${entry.id}.json`);
  mkdirSync(path.dirname(overlay), { recursive: true });
  writeFileSync(overlay, overlayFor(document));
  rmSync(folder, { recursive: true, force: true });
  const started = performance.now();
  const about = { id: entry.id, octets: text.length, ...figuresOf(document) };
  const time = () => Math.round(performance.now() - started);
  try {
    const { files, warnings } = await generate({ spec, overlays: [overlay], output: folder, cwd: cache });
    const texts = files.map((one) => readFileSync(path.join(folder, one.path), "utf8"));
    return {
      ...about,
      milliseconds: time(),
      output: folder,
      digest: digestOf(texts.join("\0")),
      warnings: warnings.length,
    };
  } catch (thrown) {
    const said =
      thrown instanceof DiagnosticError
        ? { refused: summaryOf(thrown) }
        : { crash: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
    return { ...about, milliseconds: time(), warnings: 0, ...said };
  }
}

function summaryOf({ diagnostics }: DiagnosticError): string {
  const errors = diagnostics.filter((one) => one.severity === "error");
  const codes = [...new Set(errors.map((one) => one.code))].sort().join(", ");
  return `${codes}: ${errors[0]?.message ?? ""}`;
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

function figuresOf(document: Description): Pick<Outcome, "dialect" | "operations" | "schemas"> {
  const keys = Object.values(document.paths ?? {}).flatMap((item) => Object.keys(item));
  return {
    dialect: document.openapi,
    operations: keys.filter((key) => methods.includes(key)).length,
    schemas: Object.keys(document.components?.schemas ?? {}).length,
  };
}
