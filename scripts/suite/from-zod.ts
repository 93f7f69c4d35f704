import * as z from "zod";
import type { Subjects } from "./document.js";
import type { Judgement, Judges } from "./judge.js";

/** The cases through zod's own reader of JSON Schema. */
export function zodJudges(subjects: Subjects): Judges {
  return new Map([...subjects].map(([name, group]) => [name, judgeOf(group.schema)]));
}

function judgeOf(schema: unknown): Judgement {
  try {
    const read = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    return { accepts: (data) => read.safeParse(data).success };
  } catch (thrown) {
    return { refusal: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
