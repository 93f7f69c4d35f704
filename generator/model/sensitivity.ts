import type { SchemaNote } from "./schema.js";
import type { Mask } from "./security.js";

/** `full` hides the value fully; without a style, a secret is left out and personal data keeps its last four characters. */
export function maskOfNote({ mask, sensitivity }: Pick<SchemaNote, "sensitivity" | "mask">): Mask {
  if (mask !== undefined) return mask === "full" ? "drop" : mask;
  if (sensitivity === "secret") return "drop";
  return sensitivity === "pii" ? "last4" : "plain";
}

/** Whether a value may not be in a log as it is. */
export function isSensitive(note: Pick<SchemaNote, "sensitivity" | "mask">): boolean {
  return maskOfNote(note) !== "plain";
}
