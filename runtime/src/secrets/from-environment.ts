import { readSecretFile } from "./from-files.js";
import type { SecretSource } from "./source.js";

/**
 * Environment variables. Where `NAME` is not set and `NAME_FILE` is, the secret is in the file of that path, as Docker's official
 * images have it; a file is read again at each refresh, a variable never changes.
 * @param env `process.env` where absent.
 */
export function environment(env: Readonly<Record<string, string | undefined>> = process.env): SecretSource {
  return {
    name: "the environment",
    read: async (names) => {
      const found = new Map<string, string>();
      for (const name of names) {
        const value = variable(env, name) ?? (await fromFile(env, name));
        if (value !== undefined) found.set(name, value);
      }
      return found;
    },
  };
}

function variable(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  return value === "" ? undefined : value;
}

async function fromFile(env: Readonly<Record<string, string | undefined>>, name: string): Promise<string | undefined> {
  const file = variable(env, `${name}_FILE`);
  if (file === undefined) return undefined;
  const value = await readSecretFile(file);
  if (value === undefined) throw new Error(`${name}_FILE names a file that is not there`);
  return value;
}
