import path from "node:path";
import { type Diagnostic, DiagnosticError } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { bundle } from "./bundle.js";
import { complaint } from "./complaint.js";
import { digestOf } from "./digest.js";
import { defaultLimits, type SourceLimits } from "./limits.js";
import { applyOverlay } from "./overlay.js";
import { follow, tokensOf } from "./pointer.js";
import { Positions, type SourceFile } from "./positions.js";
import { openReader, type ParsedFile } from "./read-file.js";
import type { RemoteOptions } from "./remote.js";

/** What to load, and how. */
export interface LoadOptions {
  /** The description's entry file. */
  readonly entry: string;
  /** Overlay files, applied in this order. */
  readonly overlays?: readonly string[];
  /** What relative paths are relative to. Default: the process's working folder. */
  readonly cwd?: string;
  /** Lets an overlay add security requirements, each of which is one more way in. */
  readonly allowWidening?: boolean;
  readonly limits?: Partial<SourceLimits>;
  /** Origins that references may lead to (R5). Default: none. */
  readonly remote?: RemoteOptions;
}

/**
 * Loads a description: one file or many, overlays applied, bundled into one document whose nodes know where they were written.
 * @throws DiagnosticError with everything that is wrong with the files.
 */
export async function loadSpec(options: LoadOptions): Promise<Spec> {
  const { cwd = process.cwd() } = options;
  const positions = new Positions();
  const limits = { ...defaultLimits, ...options.limits };
  const reader = openReader(cwd, limits, positions, options.remote);
  const entry = await reader.read(options.entry);
  const overlays = await Promise.all((options.overlays ?? []).map((file) => reader.read(file)));
  refuseIf([entry, ...overlays].flatMap((one) => one.faults));
  const root = rootOf(entry, positions);
  refuseIf(overlays.flatMap((one) => applyOverlay(root, one, positions, options.allowWidening ?? false)));
  const dialect = dialectOf(root, entry, positions);
  refuseIf(await bundle(reader, entry, root, dialect));
  return specOf(root, dialect, entry, reader.files(), positions, cwd);
}

function refuseIf(faults: readonly Diagnostic[]): void {
  if (faults.length > 0) throw new DiagnosticError(faults);
}

function rootOf(entry: ParsedFile, positions: Positions): SpecObject {
  const { value } = entry;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as SpecObject;
  const at = positions.span(entry.file, 0, 0);
  throw new DiagnosticError([complaint("SP004", "A description is an object", "Begin it with openapi: 3.1.1.", at)]);
}

/** The patch version must not matter (OpenAPI 4.1), and versions we do not know may mean other things by the same words. */
function dialectOf(root: SpecObject, entry: ParsedFile, positions: Positions): Spec["dialect"] {
  const [, dialect] = /^(3\.[012])\.\d+(-.*)?$/.exec(String(root.openapi)) ?? [];
  if (dialect === "3.0" || dialect === "3.1" || dialect === "3.2") return dialect;
  const at = positions.at(root, root.swagger === undefined ? "openapi" : "swagger") ?? positions.span(entry.file, 0, 0);
  throw new DiagnosticError([
    root.swagger === undefined
      ? complaint(
          "SP011",
          `openapi: ${String(root.openapi)} is not read, as it may mean other things by the same words`,
          "Write openapi: 3.0.x, 3.1.x or 3.2.x, and the description in its words.",
          at,
        )
      : complaint(
          "SP010",
          "Swagger 2.0 is not read",
          "Convert the file to OpenAPI 3 first: npx swagger2openapi FILE -o openapi.yaml.",
          at,
        ),
  ]);
}

function specOf(
  root: SpecObject,
  dialect: Spec["dialect"],
  entry: ParsedFile,
  files: readonly SourceFile[],
  positions: Positions,
  cwd: string,
): Spec {
  const targets = new Map<string, SpecValue | undefined>();
  const target = (pointer: string): SpecValue | undefined => {
    if (!targets.has(pointer)) targets.set(pointer, follow(root, tokensOf(pointer.slice(1)) ?? []));
    return targets.get(pointer);
  };
  return {
    root,
    dialect,
    file: entry.file.name,
    digest: digestOf(files, path.dirname(entry.file.path)),
    files: onDisk(files, cwd),
    resolve: (node) => {
      let at = node;
      let pointer: string | undefined;
      const passed: SpecObject[] = [];
      while (isReference(at)) {
        if (passed.length > 1_000) throw new RangeError("references lead in a circle");
        passed.push(at);
        pointer = at.$ref;
        at = target(pointer);
      }
      return { node: at, pointer, passed };
    },
    at: (node, key, part) => positions.at(node, key, part) ?? positions.span(entry.file, 0, 0),
    text: (file) => files.find((one) => one.name === file)?.text,
  };
}

/** Files on this machine: where they lie, and, where a link led there, the link, which may lead elsewhere one day. */
function onDisk(files: readonly SourceFile[], cwd: string): readonly string[] {
  const local = files.filter((one) => !one.path.startsWith("https:"));
  return [...new Set(local.flatMap((one) => [one.path, path.resolve(cwd, one.name)]))];
}

function isReference(node: SpecValue | undefined): node is SpecObject & { readonly $ref: string } {
  return typeof node === "object" && node !== null && "$ref" in node && typeof node.$ref === "string";
}
