import { StartError } from "../problem/start-error.js";
import type { EnvSource } from "./contract.js";

/**
 * Reads settings from the environment.
 * @throws StartError naming every setting that is missing or empty. It never shows a value.
 */
export function readSettings<const Name extends string>(
  source: EnvSource,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => settingOf(source, name) === undefined);
  if (missing.length > 0) {
    throw new StartError(
      missing.map((name) => ({ code: "missing_setting", message: `${name} is not set in the environment.` })),
    );
  }
  return Object.fromEntries(names.map((name) => [name, settingOf(source, name)])) as Readonly<Record<Name, string>>;
}

function settingOf(source: EnvSource, name: string): string | undefined {
  const value = Object.hasOwn(source, name) ? source[name] : undefined;
  return value === undefined || value.trim() === "" ? undefined : value;
}
