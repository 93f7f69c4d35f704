/** What is emitted where nothing is said, in the order in which files are made. It stands alone, so that naming files loads none of their makers. */
export const usualNames = ["types", "schemas", "policy", "wire", "server", "client", "trpc", "env"] as const;

/** What `--only` can name. */
export const fileNames = [...usualNames, "fakes", "tests"] as const;

/** Files that say who may call: for them it must be said. */
export const guardedNames = ["server", "trpc", "tests"] as const;

export type FileName = (typeof fileNames)[number];
