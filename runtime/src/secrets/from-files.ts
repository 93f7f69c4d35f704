import { open, realpath } from "node:fs/promises";
import path from "node:path";
import type { SecretSource } from "./source.js";

/** What Kubernetes lets a secret weigh. */
const largest = 1_048_576;

/** Options of `files`. */
export interface FilesOptions {
  /** The name of the file of a secret. Default: the name itself. */
  readonly file?: (name: string) => string;
}

/**
 * A folder with one file a secret, as Docker (`/run/secrets`) and Kubernetes mount them. Kubernetes renews a mount by turning one
 * link, `..data`, to a new folder: it is followed once a reading, so that the values of one reading belong together.
 */
export function files(folder: string, { file = (name) => name }: FilesOptions = {}): SecretSource {
  return {
    name: `files in ${folder}`,
    read: async (names) => {
      const found = new Map<string, string>();
      const place = await versionOf(folder);
      for (const name of names) {
        const value = await readSecretFile(path.join(place, plainName(file(name))));
        if (value !== undefined) found.set(name, value);
      }
      return found;
    },
  };
}

async function versionOf(folder: string): Promise<string> {
  try {
    return await realpath(path.join(folder, "..data"));
  } catch (thrown) {
    if (isMissing(thrown)) return folder;
    throw thrown;
  }
}

/** A name is one step, and no way out of the folder. */
function plainName(name: string): string {
  if (!/^(?!\.{1,2}$)[A-Za-z0-9._-]+$/.test(name)) throw new Error(`"${name}" is no name of a file of secrets`);
  return name;
}

/**
 * A secret that a file holds; `undefined` where there is no such file. One line feed at its end is the editor's, and not the secret's.
 * @throws where it cannot be read, or is larger than any secret.
 */
export async function readSecretFile(file: string): Promise<string | undefined> {
  const handle = await open(file, "r").catch((thrown: unknown) => {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  });
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    if (size > largest) throw new Error(`${file} is larger than a secret may be`);
    return (await handle.readFile("utf8")).replace(/\r?\n$/, "");
  } finally {
    await handle.close();
  }
}

function isMissing(thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}
