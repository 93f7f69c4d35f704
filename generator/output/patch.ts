import { createTwoFilesPatch } from "diff";
import type { Plan } from "./plan.js";

/** A file that differs from what would be written, as a unified diff. */
export interface Change {
  readonly path: string;
  readonly patch: string;
}

/** What a plan changes. */
export function patchesOf({ steps }: Plan): readonly Change[] {
  return steps
    .filter((one) => one.status !== "unchanged")
    .map(({ path, before, after }) => ({
      path,
      patch:
        createTwoFilesPatch(
          before === undefined ? "/dev/null" : path,
          after === undefined ? "/dev/null" : path,
          before ?? "",
          after ?? "",
          undefined,
          undefined,
          // A generated file may differ as a whole: what is shown then need not be the shortest way.
          { context: 3, timeout: 5000 },
        ) ?? `--- ${path}\n+++ ${path}\n(too many changes to show)\n`,
    }));
}
