import { identifier } from "./identifier.js";
import { type Code, concat, text, toCode, toNode, type Use } from "./layout.js";
import { quote } from "./quote.js";
import { object } from "./shapes.js";
import { lines } from "./template.js";

/** The import declarations of a module, as Biome's organizeImports has them: packages first, names in natural order. */
export function importsOf(uses: readonly Use[]): Code {
  const bySource = new Map<string, Use[]>();
  for (const use of uses) {
    const known = bySource.get(use.from);
    // A large module uses one import tens of thousands of times: the list grows in place.
    if (known === undefined) bySource.set(use.from, [use]);
    else known.push(use);
  }
  const sources = [...bySource].sort(([a], [b]) => distance(a) - distance(b) || naturally(a, b));
  return lines(sources.flatMap(([from, all]) => declarations(from, distinct(all))));
}

/** Packages, then files beside this one. */
function distance(from: string): number {
  return from.startsWith(".") ? 1 : 0;
}

function declarations(from: string, uses: readonly Use[]): readonly Code[] {
  const whole = uses.filter((one) => one.name === "*");
  const named = uses.filter((one) => one.name !== "*").sort((a, b) => naturally(a.name, b.name));
  return [
    ...whole.map((one) => declaration(one.typeOnly, text(`* as ${one.as}`), from)),
    ...(named.length > 0 ? [namedDeclaration(from, named)] : []),
  ];
}

function namedDeclaration(from: string, uses: readonly Use[]): Code {
  const typeOnly = uses.every((one) => one.typeOnly);
  const names = uses.map((one) => {
    const name = one.as === one.name ? one.name : `${one.name} as ${one.as}`;
    return toCode(text(one.typeOnly && !typeOnly ? `type ${name}` : name));
  });
  return declaration(typeOnly, toNode(object(names)), from);
}

function declaration(typeOnly: boolean, what: Parameters<typeof toCode>[0], from: string): Code {
  return toCode(concat([text(typeOnly ? "import type " : "import "), what, text(` from ${quote(from)};`)]));
}

/** A declaration that exports names of another module, in the same order. */
export function exportsFrom(from: string, names: readonly string[], types: readonly string[]): Code {
  const uses = [
    ...names.map((name) => ({ name, typeOnly: false })),
    ...types.map((name) => ({ name, typeOnly: true })),
  ];
  const listed = uses
    .sort((a, b) => naturally(a.name, b.name))
    .map(({ name, typeOnly }) => toCode(concat([text(typeOnly ? "type " : ""), toNode(identifier(name))])));
  return toCode(concat([text("export "), toNode(object(listed)), text(` from ${quote(from)};`)]));
}

/** Each name once: as a value where it is used as one. */
function distinct(uses: readonly Use[]): readonly Use[] {
  const byName = new Map<string, Use>();
  for (const use of uses) {
    const key = `${use.name} ${use.as}`;
    const known = byName.get(key);
    byName.set(key, known === undefined || known.typeOnly ? use : known);
  }
  return [...byName.values()];
}

/** Letter by letter: without regard to case, and a capital before its small letter. */
function naturally(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [a.charAt(at), b.charAt(at)];
    if (one === other) continue;
    const [low, lowOther] = [one.toLowerCase(), other.toLowerCase()];
    if (low !== lowOther) return low < lowOther ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return a.length - b.length;
}
