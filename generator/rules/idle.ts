import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject } from "../model/spec.js";
import { annotationOf } from "./annotations.js";
import { objectsIn, schemasBelow } from "./below.js";
import { error } from "./complaint.js";
import { type Place, placesOf } from "./places.js";

/** Rules for a value of which part it is says the way to it: there is none to a name, nor into a text. */
const ruling = { url: "SP398", read: "SP397", write: "SP397", immutable: "SP397", onWrite: "SP397" } as const;
type Word = keyof typeof ruling;
const words = Object.keys(ruling) as readonly Word[];

/** Names of properties, and what is inside of a text, are not looked at, however deep: a rule there would hold for nobody. */
export function idleFaults(spec: Spec): readonly Diagnostic[] {
  const places = placesOf(spec);
  const ruled = new Map(words.map((word) => [word, nodesThatSay(word, places)] as const));
  if ([...ruled.values()].every((nodes) => nodes.size === 0)) return [];
  return places
    .filter(({ role }) => role === "schema")
    .flatMap(({ node }) =>
      ["propertyNames", "contentSchema"].flatMap((key) => {
        const below = [...schemasBelow(spec, places, objectsIn(node[key]))];
        return words
          .filter((word) => below.some((one) => ruled.get(word)?.has(one)))
          .map((word) => fault(word, key, spec, node));
      }),
    );
}

function nodesThatSay(word: Word, places: readonly Place[]): ReadonlySet<SpecObject> {
  return new Set(places.filter(({ node }) => annotationOf(node)?.[word] !== undefined).map(({ node }) => node));
}

function fault(word: Word, key: string, spec: Spec, node: SpecObject): Diagnostic {
  const what = word === "url" ? "value that holds the URL" : "property itself";
  return error(
    ruling[word],
    `${word} would not be looked at inside ${key}`,
    `Say it of the ${what}.`,
    spec.at(node, key, "key"),
  );
}
