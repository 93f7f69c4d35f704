/** What `--only` can name, in the order in which files are made. It stands alone, so that naming files loads none of their makers. */
export const fileNames = ["types", "schemas", "policy", "wire", "server", "client", "trpc", "env"] as const;

export type FileName = (typeof fileNames)[number];
