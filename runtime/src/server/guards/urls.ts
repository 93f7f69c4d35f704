import { codecOf, essenceOf, isItems } from "../../http/codec.js";
import { isPartList, type Multipart, partsOf } from "../../http/multipart/contract.js";
import { pointerOf } from "../../http/pointer.js";
import { find, type Selection, select } from "../../http/selection.js";
import type { CheckedUrl } from "../../http/urls/checked.js";
import { judgeOf, type UrlJudge } from "../../http/urls/rule.js";
import type { BodyWire } from "../../policy/index.js";
import { Refusal } from "../../problem/refusal.js";
import { CallSignal } from "../call-signal.js";
import { after } from "../climb.js";
import type { Guard } from "../guard.js";
import { type Input, type Loaded, prove, type Reachable } from "../states.js";
import { type CheckUrls, compileUrlChecks, type SentUrl } from "../url-checks.js";

/**
 * Keeps callers from making the server call what they could not (OWASP API7). Every URL is judged by its text; then by every address that its
 * host has. The handler gets the addresses: what was checked is what is called. What comes item by item is judged so, before the handler has it.
 */
export const urls: Guard<Loaded, Reachable> = {
  name: "urls",
  compile: ({ policy, wire }, { resolve, patience }) => {
    const rules = Object.entries(policy.urls ?? {}).map(([place, rule]) => compileRule(place, judgeOf(rule)));
    if (rules.length === 0) return undefined;
    if (resolve === undefined) throw new TypeError("Nothing resolves names");
    const check = compileUrlChecks(resolve, patience);
    const forms = formsOf(wire.body);
    return (call) => {
      const { input } = call;
      const form = input.media === undefined ? undefined : forms.get(input.media);
      const given = new CallSignal(call.exchange);
      return after(check(sentIn(rules, form === undefined ? input : presentIn(input, form)), given), (found) => {
        if (found instanceof Refusal) return found;
        if (form !== "items") return prove(call, "urls", found);
        const kept = new Map(found);
        const judge: Judge = (item, at) => check(sentIn(rules, { body: { [at]: item } }), given);
        const body = judgedItems(input.body as AsyncIterable<unknown>, judge, kept);
        return prove(prove(call, "input", { ...input, body }), "urls", kept);
      });
    };
  },
};

interface Rule {
  readonly part: SentUrl["at"]["in"];
  readonly selection: Selection;
  readonly judge: UrlJudge;
}

function compileRule(place: string, judge: UrlJudge): Rule {
  const cut = place.indexOf(":");
  const part = place.slice(0, cut) as Rule["part"];
  return { part, selection: select([`/${part}${place.slice(cut + 1)}`]), judge };
}

type Values = Partial<Readonly<Record<Rule["part"], unknown>>>;

/** What is no text is none of a URL: whether it may be there is for the schema to say. */
function sentIn(rules: readonly Rule[], values: Values): readonly SentUrl[] {
  return rules.flatMap(({ part, selection, judge }) =>
    find({ [part]: values[part] }, selection).flatMap(({ value, tokens: [, ...tokens] }) =>
      typeof value === "string"
        ? [{ text: value, at: { in: part, pointer: `#${encodeURI(pointerOf(tokens))}` }, judge }]
        : [],
    ),
  );
}

/** `items`: they come one by one. `files`: fields come first, as a whole, and are all that URLs can stand in. */
type Form = "items" | "files";

/** The media types of a body that is not there as a whole, as validation hands it on (guards/validate.ts). */
function formsOf(body: BodyWire | undefined): ReadonlyMap<string, Form> {
  return new Map(
    (body?.media ?? []).flatMap((media) => {
      const form = formOf(media, body);
      return form === undefined ? [] : [[media, form] as const];
    }),
  );
}

function formOf(media: string, body: BodyWire | undefined): Form | undefined {
  const codec = codecOf(essenceOf(media));
  if (isItems(codec)) return "items";
  if (codec !== "multipart") return undefined;
  const parts = partsOf(body?.parts, media);
  if (isPartList(parts)) return parts.stream === true ? "items" : undefined;
  return parts.some((part) => part.file !== undefined) ? "files" : undefined;
}

function presentIn(input: Input, form: Form): Values {
  return { ...input, body: form === "items" ? undefined : (input.body as Multipart<unknown, string>).fields };
}

type Judge = (item: unknown, at: number) => ReturnType<CheckUrls>;

/** What a handler that gathers items may still ask for: a stream must not fill the memory with what was looked up for it. */
const mostKept = 1_000;

/**
 * Each item when its URLs may be called, of which `kept` has the addresses then.
 * @throws Refusal for the first that holds one that may not: it ends the stream.
 */
async function* judgedItems(
  items: AsyncIterable<unknown>,
  judge: Judge,
  kept: Map<string, CheckedUrl>,
): AsyncGenerator<unknown, void> {
  let at = 0;
  for await (const item of items) {
    const found = await judge(item, at++);
    if (found instanceof Refusal) throw found;
    for (const [text, one] of found) {
      // Behind all others: it is the newest again.
      kept.delete(text);
      kept.set(text, one);
    }
    for (const text of kept.keys()) {
      if (kept.size <= Math.max(mostKept, found.size)) break;
      kept.delete(text);
    }
    yield item;
  }
}
