import type { Setting } from "../policy/index.js";
import { textOf } from "../secrets/supplied.js";
import type { SchemeContext } from "./verifier.js";

/** The value of a setting; tells of one that the environment does not hold. */
export function resolveSetting(
  setting: Setting | undefined,
  context: SchemeContext,
  complain: (code: "missing_setting", what: string) => undefined,
): string | undefined {
  if (setting === undefined || typeof setting === "string") return setting;
  const value = Object.hasOwn(context.settings, setting.env) ? context.settings[setting.env] : undefined;
  const text = value === undefined ? "" : textOf(value);
  return text === "" ? complain("missing_setting", `${setting.env} is not set.`) : text;
}
