import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import type { Diagnostic } from "../code/diagnostic.js";
import { digestOf } from "../source/digest.js";
import { readNote, writeNote } from "./cache.js";
import { look, octetsAt } from "./disk.js";
import { manifestName, readManifest, sha256 } from "./manifest.js";
import { toolDigest } from "./tool.js";

/** What a run was asked for. Whatever else it takes counts too: another option is another run. */
export interface Asked {
  readonly spec: string;
  readonly output: string;
  readonly cwd: string;
}

/** What a run that changes nothing says. */
export interface Outcome {
  /** Every emitted file, the manifest included. */
  readonly files: readonly string[];
  readonly warnings: readonly Diagnostic[];
  readonly inputs: readonly string[];
  /** The warnings as they were printed, with their frames. */
  readonly said?: { readonly text: string; readonly colour: boolean };
}

interface Memory extends Outcome {
  readonly asked: string;
  /** Digest of the manifest, which holds those of the inputs and of every other file. */
  readonly manifest: string;
}

/**
 * The outcome of the last run, if running again could change nothing: the same inputs, options and tool, and every emitted file as it
 * was written. Memory never lies beside the output: what is committed cannot vouch for itself.
 */
export function recall(asked: Asked): Outcome | undefined {
  const memory = readNote(asked.cwd, nameOf(asked));
  if (!isMemory(memory) || memory.asked !== keyOf(asked)) return undefined;
  const { asked: _, manifest, ...outcome } = memory;
  return standing(asked, outcome.inputs) === manifest ? outcome : undefined;
}

/** Remembers what a run left behind, where that can be relied on. */
export function remember(asked: Asked, outcome: Outcome): void {
  const key = keyOf(asked);
  const manifest = standing(asked, outcome.inputs);
  if (key === undefined || manifest === undefined) return;
  writeNote(asked.cwd, nameOf(asked), { ...outcome, asked: key, manifest } satisfies Memory);
}

/**
 * The digest of a manifest that tells the truth: of the inputs as they are now, and of each file as it stands. `undefined` where it
 * does not, where an input came through a link or from elsewhere, or where anything is missing.
 */
function standing({ spec, output, cwd }: Asked, inputs: readonly string[]): string | undefined {
  try {
    const folder = path.resolve(cwd, output);
    const manifest = look(folder, manifestName);
    const known = manifest.kind === "file" ? readManifest(manifest.text) : undefined;
    if (manifest.kind !== "file" || known === undefined) return undefined;
    const texts = inputs.map((file) => ({ path: file, real: realpathSync(file), text: text(file) }));
    const entry = path.resolve(cwd, spec);
    const isPlain = inputs.includes(entry) && texts.every((one) => one.path === one.real);
    if (!isPlain || digestOf(texts, path.dirname(entry)) !== JSON.parse(manifest.text).input) return undefined;
    for (const [name, digest] of known) {
      const octets = octetsAt(folder, name);
      if (octets === undefined || sha256(octets) !== digest) return undefined;
    }
    return sha256(manifest.text);
  } catch {
    return undefined;
  }
}

/** As it was read: without the byte order mark that it may begin with. */
function text(file: string): Uint8Array {
  const octets = readFileSync(file);
  return octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf ? octets.subarray(3) : octets;
}

function keyOf(asked: Asked): string | undefined {
  const tool = toolDigest();
  return tool === undefined ? undefined : sha256(JSON.stringify([tool, asked]));
}

/** One memory an output folder. */
function nameOf({ cwd, output }: Asked): string {
  return sha256(path.resolve(cwd, output));
}

function isMemory(value: unknown): value is Memory {
  const { files, warnings, inputs } = (value ?? {}) as Partial<Memory>;
  return Array.isArray(files) && Array.isArray(warnings) && Array.isArray(inputs);
}
