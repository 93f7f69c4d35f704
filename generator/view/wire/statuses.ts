import type { Code } from "../../code/layout.js";
import type { Entry } from "../../code/shapes.js";

/**
 * What responses say, by status. OpenAPI 4.8.17: what a range or the default says, it says of no status that is declared by itself, so
 * such a status says at least `nothing`.
 */
export function byStatus(
  responses: readonly (readonly [status: string, said: Code | undefined])[],
  nothing: Code,
): readonly Entry[] {
  const saying = new Set(responses.flatMap(([status, said]) => (said === undefined ? [] : [status])));
  return responses.flatMap(([key, said]) => {
    const value = said ?? (wider(key).some((status) => saying.has(status)) ? nothing : undefined);
    return value === undefined ? [] : [{ key, value }];
  });
}

/** What is asked for a status that is not declared itself. */
function wider(status: string): readonly string[] {
  if (status === "default") return [];
  return /^\d{3}$/.test(status) ? [`${status.slice(0, 1)}XX`, "default"] : ["default"];
}
