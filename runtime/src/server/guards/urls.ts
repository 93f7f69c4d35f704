import { pointerOf } from "../../http/pointer.js";
import { find, type Selection, select } from "../../http/selection.js";
import { addressesOf, type CheckedUrl, type CheckedUrls, checkedBy, readBy } from "../../http/urls/checked.js";
import type { Resolve } from "../../http/urls/resolve.js";
import { judgeOf, type UrlJudge } from "../../http/urls/rule.js";
import type { ProblemDetail } from "../../problem/problem.js";
import { Refusal } from "../../problem/refusal.js";
import { invalidInput, unavailable } from "../../problem/refusals.js";
import { CallSignal } from "../call-signal.js";
import type { Guard } from "../guard.js";
import { inTime } from "../patience.js";
import { type Loaded, prove, type Reachable } from "../states.js";

/** Each host is a question to a name server: a caller must not choose how many are asked. */
const mostHosts = 16;

/** The reason that goes to the log and the audit trail where a URL leads to where nobody outside may. */
export const outOfReach = "a URL leads to an address that may not be called";

/**
 * Keeps callers from making the server call what they could not (OWASP API7). Every URL is judged by its text; then by every address that its
 * host has. The handler gets the addresses: what was checked is what is called.
 */
export const urls: Guard<Loaded, Reachable> = {
  name: "urls",
  compile: ({ policy }, { resolve, patience }) => {
    const rules = Object.entries(policy.urls ?? {}).map(([place, rule]) => compileRule(place, judgeOf(rule)));
    if (rules.length === 0) return undefined;
    if (resolve === undefined) throw new TypeError("Nothing resolves names");
    return (call) => {
      const sent = rules.flatMap((rule) => sentBy(rule, call));
      if (sent.length === 0) return prove(call, "urls", none);
      const found = judged(sent);
      if (found instanceof Refusal) return found;
      const given = new CallSignal(call.exchange);
      const pending = checkAll(call, found, resolve, given);
      return inTime(pending, patience, "The resolver", given);
    };
  },
};

const none: CheckedUrls = new Map();

interface Rule {
  readonly part: NonNullable<ProblemDetail["in"]>;
  readonly selection: Selection;
  readonly judge: UrlJudge;
}

function compileRule(place: string, judge: UrlJudge): Rule {
  const cut = place.indexOf(":");
  const part = place.slice(0, cut) as Rule["part"];
  return { part, selection: select([`/${part}${place.slice(cut + 1)}`]), judge };
}

/** A URL as it was sent, where, and who judges it. */
interface Sent {
  readonly text: string;
  readonly at: { readonly in: Rule["part"]; readonly pointer: string };
  readonly judge: UrlJudge;
}

/** What is no text is none of a URL: whether it may be there is for the schema to say. */
function sentBy({ part, selection, judge }: Rule, { input }: Loaded): readonly Sent[] {
  return find({ [part]: input[part] }, selection).flatMap(({ value, tokens: [, ...tokens] }) =>
    typeof value === "string"
      ? [{ text: value, at: { in: part, pointer: `#${encodeURI(pointerOf(tokens))}` }, judge }]
      : [],
  );
}

/** Everything that was sent as one text, which all of its judges have read. */
interface Found {
  readonly url: URL;
  readonly judges: readonly UrlJudge[];
  readonly places: readonly Sent["at"][];
}

function judged(sent: readonly Sent[]): ReadonlyMap<string, Found> | Refusal {
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
    faults.push({ ...sent[0].at, detail: `At most ${mostHosts} hosts are looked up for one request.` });
  return faults.length > 0 ? invalidInput(faults.slice(0, 100)) : found;
}

async function checkAll(
  call: Loaded,
  found: ReadonlyMap<string, Found>,
  resolve: Resolve,
  given: { readonly signal: AbortSignal },
): Promise<Reachable | Refusal> {
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
    const checked = checks.map(({ text, outcome }) => [text, outcome as CheckedUrl] as const);
    return prove(call, "urls", new Map(checked));
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
