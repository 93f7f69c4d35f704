import { type Duration, toMilliseconds } from "../policy/index.js";
import { type StartComplaint, StartError } from "../problem/start-error.js";
import { Secret } from "./secret.js";
import type { SecretSource } from "./source.js";

/** How `loadSecrets` goes on after the first reading. */
export interface LoadOptions {
  /** How often the sources are asked again, for what was rotated. Default 1m; `0s` for never. */
  readonly every?: Duration;
  /** Hears of a source that could not be asked again: what was known goes on to hold. Default: a warning of the process. */
  readonly onStale?: (fault: Error) => void;
}

/** Secrets that were read, and follow their sources. */
export interface LoadedSecrets {
  /** For `createApi({ env })`: every name with its secret. */
  readonly env: Readonly<Record<string, Secret>>;
  /** One of them. Throws RangeError for a name that was not asked for. */
  readonly get: (name: string) => Secret;
  /** Asks the sources now. Rejects when one cannot be asked, or lacks a name that it had; nothing changes then. */
  readonly refresh: () => Promise<void>;
  /** Asks no more. The secrets keep what they hold. */
  readonly close: () => void;
}

/**
 * Reads secrets, and keeps them fresh. The first source that has a name is the one that it comes from.
 * @param names the `settings` of generated `env.ts`, or names of your own.
 * @throws StartError naming every secret that no source has, and every source that could not be asked: there is no half of a start.
 */
export async function loadSecrets(
  names: readonly string[],
  sources: readonly SecretSource[],
  { every = "1m", onStale = warn }: LoadOptions = {},
): Promise<LoadedSecrets> {
  const interval = toMilliseconds(every);
  let values = await readAll(names, sources);
  let pending: Promise<void> | undefined;
  const refresh = () => {
    pending ??= readAll(names, sources)
      .then((fresh) => {
        values = fresh;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
  const timer = interval === 0 ? undefined : setInterval(() => refresh().catch(onStale), interval);
  // A process is not kept alive by what may change in it.
  timer?.unref?.();
  const env = Object.fromEntries(names.map((name) => [name, new Secret(() => values.get(name) ?? "")]));
  return {
    env,
    get: (name) => {
      const found = Object.hasOwn(env, name) ? env[name] : undefined;
      if (found === undefined) throw new RangeError(`${name} is none of the secrets that were loaded`);
      return found;
    },
    refresh,
    close: () => clearInterval(timer),
  };
}

async function readAll(
  names: readonly string[],
  sources: readonly SecretSource[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const complaints: StartComplaint[] = [];
  for (const source of sources) {
    const missing = names.filter((name) => !found.has(name));
    if (missing.length === 0) break;
    try {
      const read = await source.read(missing);
      for (const name of missing) {
        const value = read.get(name);
        if (value !== undefined && value.trim() !== "") found.set(name, value);
      }
    } catch (thrown) {
      // Another source may hold an older value of the same name: a silent fallback would use it.
      const message = `${source.name} could not be read: ${thrown instanceof Error ? thrown.message : "it failed"}.`;
      complaints.push({ code: "missing_setting", message });
    }
  }
  const where = sources.map(({ name }) => name).join(", ");
  for (const name of names)
    if (!found.has(name)) complaints.push({ code: "missing_setting", message: `${name} is not in ${where}.` });
  if (complaints.length > 0) throw new StartError(complaints);
  return found;
}

function warn(fault: Error): void {
  globalThis.process?.emitWarning?.(fault.message, { code: "SALLYPORT_SECRETS_STALE" });
}
