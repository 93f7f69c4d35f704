import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, realpath, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Diagnostic } from "../code/diagnostic.js";
import { digestOf } from "../source/digest.js";
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
 * was written. Memory lies in `node_modules/.cache`, never beside the output: what is committed cannot vouch for itself.
 */
export async function recall(asked: Asked): Promise<Outcome | undefined> {
  const file = memoryFile(asked);
  const memory = file === undefined ? undefined : await read(file);
  if (memory === undefined || memory.asked !== (await keyOf(asked))) return undefined;
  const { asked: _, manifest, ...outcome } = memory;
  return (await standing(asked, outcome.inputs)) === manifest ? outcome : undefined;
}

/** Remembers what a run left behind, where that can be relied on. */
export async function remember(asked: Asked, outcome: Outcome): Promise<void> {
  const file = memoryFile(asked);
  const key = await keyOf(asked);
  const manifest = await standing(asked, outcome.inputs);
  if (file === undefined || key === undefined || manifest === undefined) return;
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(temporary, JSON.stringify({ ...outcome, asked: key, manifest } satisfies Memory), { mode: 0o600 });
    await rename(temporary, file);
  } catch {
    // A folder that cannot be written remembers nothing: the next run is a whole one.
  }
}

/**
 * The digest of a manifest that tells the truth: of the inputs as they are now, and of each file as it stands. `undefined` where it
 * does not, where an input came through a link or from elsewhere, or where anything is missing.
 */
async function standing({ spec, output, cwd }: Asked, inputs: readonly string[]): Promise<string | undefined> {
  try {
    const folder = path.resolve(cwd, output);
    const manifest = await look(folder, manifestName);
    const known = manifest.kind === "file" ? readManifest(manifest.text) : undefined;
    if (manifest.kind !== "file" || known === undefined) return undefined;
    const texts = await Promise.all(
      inputs.map(async (file) => ({ path: file, real: await realpath(file), text: await text(file) })),
    );
    const entry = path.resolve(cwd, spec);
    const isPlain = inputs.includes(entry) && texts.every((one) => one.path === one.real);
    if (!isPlain || digestOf(texts, path.dirname(entry)) !== JSON.parse(manifest.text).input) return undefined;
    for (const [name, digest] of known) {
      const octets = await octetsAt(folder, name);
      if (octets === undefined || sha256(octets) !== digest) return undefined;
    }
    return sha256(manifest.text);
  } catch {
    return undefined;
  }
}

/** As it was read: without the byte order mark that it may begin with. */
async function text(file: string): Promise<Uint8Array> {
  const octets = await readFile(file);
  return octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf ? octets.subarray(3) : octets;
}

async function keyOf(asked: Asked): Promise<string | undefined> {
  const tool = await toolDigest();
  return tool === undefined ? undefined : sha256(JSON.stringify([tool, asked]));
}

/** One memory an output folder, in the `node_modules` that is nearest to the working folder. */
function memoryFile({ cwd, output }: Asked): string | undefined {
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const modules = path.join(folder, "node_modules");
    if (existsSync(modules))
      return path.join(modules, ".cache", "sallyport", `${sha256(path.resolve(cwd, output))}.json`);
    if (folder === path.dirname(folder)) return undefined;
  }
}

async function read(file: string): Promise<Memory | undefined> {
  try {
    const memory: Memory = JSON.parse(await readFile(file, "utf8"));
    return Array.isArray(memory.files) && Array.isArray(memory.warnings) && Array.isArray(memory.inputs)
      ? memory
      : undefined;
  } catch {
    return undefined;
  }
}
