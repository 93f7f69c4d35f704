import { tokensOf } from "../http/pointer.js";
import { judgeOf } from "../http/urls/rule.js";
import type { OperationContract } from "./contract.js";
import type { Flaw } from "./start-handlers.js";

/** A rule that cannot be judged, or stands where nothing is looked at, would let every URL past. */
export function checkUrls({ policy: { urls = {} } }: OperationContract, flaw: Flaw): void {
  for (const [place, rule] of Object.entries(urls)) {
    if (!/^(?:path|query|header|cookie|body):\/|^body:$/.test(place) || tokensOf(place).at(-1) === "**")
      flaw(`urls: ${place} is no place in a request.`);
    try {
      judgeOf(rule);
    } catch (thrown) {
      flaw(`urls: ${place}: ${thrown instanceof Error ? thrown.message : "the rule cannot be read"}.`);
    }
  }
}
