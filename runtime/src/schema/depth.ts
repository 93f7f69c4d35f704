import type * as z from "zod";

let isGuarded = false;

/**
 * Parses a value that may nest as deep as its sender likes: where the stack ends before the value does, the value is at fault, and nothing
 * is thrown (R31). Parsing is synchronous, so that one flag serves all.
 */
export function guardDepth(payload: z.core.ParsePayload, parse: () => z.core.ParsePayload): z.core.ParsePayload {
  if (isGuarded) return parse();
  isGuarded = true;
  try {
    return parse();
  } catch (thrown) {
    if (!isStackOverflow(thrown)) throw thrown;
    payload.issues.push({
      code: "custom",
      message: "is nested too deeply",
      input: payload.value,
      path: [],
      params: {},
    });
    return payload;
  } finally {
    isGuarded = false;
  }
}

/** What engines throw: V8 and JavaScriptCore a RangeError, SpiderMonkey an InternalError. */
function isStackOverflow(thrown: unknown): boolean {
  return thrown instanceof RangeError || (thrown instanceof Error && thrown.name === "InternalError");
}
