import type { Diagnostic } from "../code/diagnostic.js";
import type { Draft, DraftOperation } from "../model/draft.js";

/**
 * Rules of who may read or write a property are judged on whole values (R26, R27), and of what URLs it may be (API7) on whole items. On what
 * comes piece by piece they would be judged on nothing, so generation stops.
 */
export function checkStreams({ operations }: Draft): readonly Diagnostic[] {
  return operations.flatMap((operation) => {
    const what = whereUnjudged(operation);
    if (what === undefined) return [];
    const message = `${operation.method} ${operation.path}: ${what}.`;
    const fix = "Take the rule off the property, or describe a body that comes as a whole.";
    return [{ code: "SP903", severity: "error", message, fix, at: operation.at } as const];
  });
}

function whereUnjudged({ read, write, urls, request, responses }: DraftOperation): string | undefined {
  const answers = responses.flatMap((one) => one.media.map(({ type }) => type));
  if (read.length > 0 && answers.some((type) => !isJudged(type)))
    return "who may read a property is not judged in multipart bodies and streams yet";
  const sent = (request.body?.media ?? []).map(({ type }) => type);
  if (urls.some((one) => one.in === "body") && sent.every(isOctets)) return "nobody looks for URLs in octets";
  if (sent.every(isJudged)) return undefined;
  return write.some((one) => one.in === "body")
    ? "who may write a property is not judged in multipart bodies and streams yet"
    : undefined;
}

function isJudged(type: string): boolean {
  return !isItems(type) && !type.startsWith("multipart/");
}

function isOctets(type: string): boolean {
  const isText = /^(?:application\/(?:json|x-www-form-urlencoded)|text\/.*|[^/]+\/[^/]+\+json)$/.test(type);
  return isJudged(type) && !isText;
}

function isItems(type: string): boolean {
  return (
    type === "text/event-stream" ||
    /^application\/(?:(?:x-)?(?:jsonl|ndjson|jsonlines)|(?:[^/]+\+)?json-seq)$/.test(type)
  );
}
