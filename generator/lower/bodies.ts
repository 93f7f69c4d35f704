import type { ResponseCase } from "../model/api.js";
import type { DraftBody } from "../model/draft.js";
import type { SpecObject } from "../model/spec.js";
import { lowerHeaders } from "./headers.js";
import type { Lowering } from "./lowering.js";
import { lowerContent } from "./media.js";
import { byText, entriesOf, objectOf, textOf } from "./node.js";

export function lowerBody(run: Lowering, operation: SpecObject): DraftBody | undefined {
  const body = objectOf(run.spec.resolve(operation.requestBody).node);
  if (body === undefined) return undefined;
  const media = lowerContent(run, body.content);
  if (media.length === 0) return undefined;
  return { required: body.required === true, description: textOf(body.description), media };
}

/** By status; a number before its range, a range before `default`. */
export function lowerResponses(run: Lowering, operation: SpecObject): readonly ResponseCase[] {
  return entriesOf(operation.responses)
    .filter(([status]) => /^([1-5](\d\d|XX)|default)$/i.test(status))
    .map(([status, said]) => {
      const response = objectOf(run.spec.resolve(said).node);
      return {
        status: /^default$/i.test(status) ? "default" : status.toUpperCase(),
        description: textOf(response?.description),
        media: lowerContent(run, response?.content),
        headers: lowerHeaders(run, response?.headers),
      };
    })
    .sort((a, b) => byText(a.status, b.status));
}
