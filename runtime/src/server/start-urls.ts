import { codecOf, essenceOf } from "../http/codec.js";
import { isPartList, partsOf } from "../http/multipart/contract.js";
import { tokensOf } from "../http/pointer.js";
import { judgeOf } from "../http/urls/rule.js";
import type { BodyWire, Part, PartList } from "../policy/index.js";
import type { OperationContract } from "./contract.js";
import type { Flaw } from "./start-handlers.js";

/** A rule that cannot be judged, or stands where nothing is looked at, would let every URL past. */
export function checkUrls({ policy: { urls = {} }, wire: { body } }: OperationContract, flaw: Flaw): void {
  for (const [place, rule] of Object.entries(urls)) {
    if (!/^(?:path|query|header|cookie|body):\/|^body:$/.test(place) || tokensOf(place).at(-1) === "**")
      flaw(`urls: ${place} is no place in a request.`);
    if (isOctets(place, body)) flaw(`urls: ${place} is octets, in which nobody looks for a URL.`);
    try {
      judgeOf(rule);
    } catch (thrown) {
      flaw(`urls: ${place}: ${thrown instanceof Error ? thrown.message : "the rule cannot be read"}.`);
    }
  }
}

/** Octets are handed on as they come: whatever they spell, nobody has read it. */
function isOctets(place: string, body: BodyWire | undefined): boolean {
  if (body === undefined || !place.startsWith("body:")) return false;
  const tokens = tokensOf(place);
  const isAll = body.media.every((media) => codecOf(essenceOf(media)) === "octets");
  return isAll || body.media.some((media) => holdsOctets(partsOf(body.parts, media), tokens));
}

function holdsOctets(parts: readonly Part[] | PartList, [name, ...deeper]: readonly string[]): boolean {
  if (!isPartList(parts)) return parts.some((part) => part.file !== undefined && part.name === name);
  const { prefix = [], rest } = parts;
  return name === "*" && deeper.length === 0 && [...prefix, rest].some((part) => part?.octets !== undefined);
}
