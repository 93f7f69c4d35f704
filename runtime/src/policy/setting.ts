/** A value that is not known when the code is generated: read from the environment when the server starts. */
export interface EnvSetting {
  readonly env: string;
}

/** A value of the policy: written in the spec, or named there (`env:NAME`) and supplied when the server starts. */
export type Setting = string | EnvSetting;

/** The value of an environment variable, resolved when the server starts. */
/* @__NO_SIDE_EFFECTS__ */
export function env(name: string): EnvSetting {
  return { env: name };
}
