import { expect, it } from "vitest";
import { isSensitive, maskOfNote } from "../../../../generator/model/sensitivity.js";

it.each([
  [{ sensitivity: "public" }, "plain"],
  [{ sensitivity: "internal" }, "plain"],
  [{ sensitivity: "pii" }, "last4"],
  [{ sensitivity: "secret" }, "drop"],
  [{ sensitivity: "public", mask: "hash" }, "hash"],
  [{ sensitivity: "public", mask: "full" }, "drop"],
] as const)("%j is shown as %s", (note, mask) => {
  expect([maskOfNote(note), isSensitive(note)]).toEqual([mask, mask !== "plain"]);
});
