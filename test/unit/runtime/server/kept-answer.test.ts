import { describe, expect, it } from "vitest";
import { readKept, settlementOf } from "../../../../runtime/src/server/kept-answer.js";
import { type CallRecord, noAnswer } from "../../../../runtime/src/server/states.js";

const digits = String(2n ** 60n + 1n);
const held = { members: { id: "digits" } } as const;
const responses = { 201: { "application/json": held } };

describe("R53 an answer that is given again", () => {
  it.each(["application/json", "application/json;version=2", "application/json; charset=utf-8"])(
    "as %s holds every digit that the first one held",
    (media) => {
      const projection = { status: 201, headers: [], media, codec: "json", value: { id: digits }, held };
      const settled = settlementOf({ answer: noAnswer, projection } as unknown as CallRecord, undefined);
      if (settled.kind !== "done") throw new Error(settled.kind);
      expect(settled.result).toContain(`{"id":${digits}}`);
      expect(readKept(settled.result, responses)).toMatchObject({ media, value: { id: digits }, held });
    },
  );
});
