import { codecOf, essenceOf } from "../http/codec.js";
import { isFieldName } from "../http/headers.js";
import { toMilliseconds } from "../policy/index.js";
import type { OperationContract } from "./contract.js";
import type { Flaw } from "./start-handlers.js";

const whole: readonly string[] = ["json", "text", "form"];

/** What could not be kept, or would be given to somebody else, does not start (R53). */
export function checkIdempotency({ policy, wire, schemas }: OperationContract, flaw: Flaw): void {
  const rule = policy.idempotency;
  if (rule === undefined) return;
  const { header, ttl, scope, fingerprint } = rule;
  if (!isFieldName(header)) flaw("idempotency.header is no name of a header.");
  if (!isSpan(ttl)) flaw("idempotency.ttl is no duration.");
  if (policy.access.kind === "public" || !scope.some((part) => part !== "operation"))
    flaw("idempotency keeps answers for nobody in particular: anybody who knows the key would get them.");
  if (fingerprint !== "body" && fingerprint !== "none") flaw("idempotency.fingerprint is neither body nor none.");
  const answers = Object.values(schemas.responses).flatMap((one) => Object.keys(one));
  const isWhole = (media: string) => whole.includes(codecOf(essenceOf(media)));
  if (!answers.every(isWhole)) flaw("idempotency cannot keep an answer that is a stream.");
  if (fingerprint === "body" && wire.body?.media.every(isWhole) === false)
    flaw("idempotency cannot tell one stream from another: say fingerprint: none.");
}

function isSpan(text: Parameters<typeof toMilliseconds>[0]): boolean {
  try {
    return toMilliseconds(text) > 0;
  } catch {
    return false;
  }
}
