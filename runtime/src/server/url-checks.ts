import { addressesOf, type CheckedUrl, type CheckedUrls, checkedBy, readBy } from "../http/urls/checked.js";
import type { Resolve } from "../http/urls/resolve.js";
import type { UrlJudge } from "../http/urls/rule.js";
import type { ProblemDetail } from "../problem/problem.js";
import { Refusal } from "../problem/refusal.js";
import { invalidInput, unavailable } from "../problem/refusals.js";
import type { CallSignal } from "./call-signal.js";
import { inTime } from "./patience.js";

/** Each host is a question to a name server: a caller must not choose how many are asked at once. */
const mostHosts = 16;

/** The reason that goes to the log and the audit trail where a URL leads to where nobody outside may. */
export const outOfReach = "a URL leads to an address that may not be called";

/** A URL as it was sent, where, and who judges it. */
export interface SentUrl {
  readonly text: string;
  readonly at: { readonly in: NonNullable<ProblemDetail["in"]>; readonly pointer: string };
  readonly judge: UrlJudge;
}

/** Judges URLs that came together: by their texts, then by every address that their hosts have. */
export type CheckUrls = (
  sent: readonly SentUrl[],
  given: CallSignal,
) => CheckedUrls | Refusal | Promise<CheckedUrls | Refusal>;

const none: CheckedUrls = new Map();

/** @param patience how long the resolver may take, in milliseconds. */
export function compileUrlChecks(resolve: Resolve, patience: number): CheckUrls {
  return (sent, given) => {
    if (sent.length === 0) return none;
    const found = judged(sent);
    return found instanceof Refusal ? found : inTime(checkAll(found, resolve, given), patience, "The resolver", given);
  };
}

/** Everything that was sent as one text, which all of its judges have read. */
interface Found {
  readonly url: URL;
  readonly judges: readonly UrlJudge[];
  readonly places: readonly SentUrl["at"][];
}

function judged(sent: readonly SentUrl[]): ReadonlyMap<string, Found> | Refusal {
  const faults: ProblemDetail[] = [];
  const found = new Map<string, Found>();
  for (const { text, at, judge } of sent) {
    const before = found.get(text);
    const judges = [...(before?.judges ?? []), judge];
    const url = readBy(judges, text);
    if (typeof url === "string") faults.push({ ...at, detail: url });
    else found.set(text, { url, judges, places: [...(before?.places ?? []), at] });
  }
  const hosts = new Set([...found.values()].map(({ url }) => url.hostname));
  if (hosts.size > mostHosts && sent[0] !== undefined)
    faults.push({ ...sent[0].at, detail: `At most ${mostHosts} hosts are looked up at once.` });
  return faults.length > 0 ? invalidInput(faults.slice(0, 100)) : found;
}

async function checkAll(
  found: ReadonlyMap<string, Found>,
  resolve: Resolve,
  given: CallSignal,
): Promise<CheckedUrls | Refusal> {
  const lookUp = once((url) => addressesOf(url, resolve, given));
  try {
    const checks = await Promise.all(
      [...found].map(async ([text, { url, judges, places }]) => {
        const outcome = checkedBy(judges, url, await lookUp(url), resolve);
        return { text, outcome, places };
      }),
    );
    const faults = checks.flatMap(({ outcome, places }) =>
      typeof outcome === "string" ? places.map((at) => ({ ...at, detail: outcome })) : [],
    );
    if (faults.length > 0) return invalidInput(faults.slice(0, 100), outOfReach);
    return new Map(checks.map(({ text, outcome }) => [text, outcome as CheckedUrl] as const));
  } catch (thrown) {
    // Whether it may be called cannot be found out, so it is not.
    return unavailable(thrown);
  }
}

/** However many URLs have one host, it is asked for once. */
function once(ask: (url: URL) => Promise<readonly string[]>): typeof ask {
  const asked = new Map<string, Promise<readonly string[]>>();
  return (url) => {
    const pending = asked.get(url.hostname) ?? ask(url);
    asked.set(url.hostname, pending);
    return pending;
  };
}
