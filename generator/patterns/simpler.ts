import { type AST, RegExpParser, visitRegExpAST } from "@eslint-community/regexpp";

/**
 * Patterns that together are tried in every way in which one is, and in more: what they cost at most, it costs at most. An automaton judges
 * them in milliseconds, where it takes seconds for large counts, and has no answer for what looks ahead or back.
 */
export interface Simpler {
  /** The pattern itself. */
  readonly pattern: string;
  /**
   * The pattern where it goes on: large counts forgotten, back references taken for any text, nothing asserted of what is around, and a
   * character at the end that no text need have. So no way ends early because it succeeds.
   */
  readonly way: string;
  /** The same with the counts that leave no choice, as in `{12}`: they cost copies, and no other way. */
  readonly exactWay: string;
  /** How many choices a count leaves that is forgotten, with those around it: so much may be hidden in what is called linear. */
  readonly choices: number;
  /** What it looks at ahead, each as a pattern of its own. The groups that it refers back to may be outside of it. */
  readonly ahead: readonly Simpler[];
  /** Whether an automaton can judge the pattern itself. */
  readonly isRegular: boolean;
  /** Whether it takes many copies for that. */
  readonly isCounted: boolean;
  /** Whether what takes many copies is repeated without end itself, or repeats something so: there may be more ways than can be judged. */
  readonly isRepeated: boolean;
}

/** No character (Unicode 23.7). */
const unlikely = "\uffff";
/** From this many on, the copies that an automaton needs of what is counted take seconds to judge. */
const manyCopies = 8;

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Edit extends Span {
  readonly text: string;
}

interface Count extends Edit {
  readonly isRepeated: boolean;
  readonly isExact: boolean;
  readonly choices: number;
}

/** What of a pattern is not as simple as it could be. */
interface Found {
  readonly counts: readonly Count[];
  readonly references: readonly Edit[];
  readonly assertions: readonly Edit[];
  readonly looks: readonly AST.LookaroundAssertion[];
}

/** `undefined` for what is no pattern with these flags, or looks behind: then the way is gone backwards. */
export function simplerOf(pattern: string, flags: string): Simpler | undefined {
  const tree = parsed(pattern, flags);
  const found = tree === undefined ? undefined : foundIn(tree);
  if (found === undefined || found.looks.some((one) => one.kind === "lookbehind")) return undefined;
  return simplerPart(pattern, pattern, { start: 0, end: pattern.length }, found);
}

function foundIn(tree: AST.Pattern): Found {
  const counts: Count[] = [];
  const references: Edit[] = [];
  const assertions: Edit[] = [];
  const looks: AST.LookaroundAssertion[] = [];
  visitRegExpAST(tree, {
    onQuantifierEnter: (one) => void counts.push(...uncounted(one)),
    onBackreferenceEnter: ({ start, end }) => void references.push({ start, end, text: "(?:[\\s\\S]*)" }),
    onAssertionEnter: (one) => {
      if (one.kind === "lookahead" || one.kind === "lookbehind") looks.push(one);
      else if (one.kind !== "start") assertions.push({ start: one.start, end: one.end, text: "(?:)" });
    },
  });
  return { counts, references, assertions, looks };
}

function simplerPart(text: string, pattern: string, part: Span, found: Found): Simpler {
  const within = <One extends Span>(all: readonly One[]) => all.filter((one) => isIn(one, part));
  const looks = within(found.looks);
  const outer = looks.filter((one) => !looks.some((other) => other !== one && isIn(one, other)));
  const counts = within(found.counts);
  const references = within(found.references);
  const isOnTheWay = (edit: Span) => !outer.some((one) => isIn(edit, one));
  const onTheWay = counts.filter(isOnTheWay);
  const others = [
    ...[...references, ...within(found.assertions)].filter(isOnTheWay),
    ...outer.map(({ start, end }) => ({ start, end, text: "(?:)" })),
  ];
  const begin = part.start === 0 ? "" : "^";
  const wayWithout = (forgotten: readonly Edit[]) =>
    `${begin}(?:${edited(text, part, [...forgotten, ...others])})${unlikely}`;
  return {
    pattern,
    way: wayWithout(onTheWay),
    exactWay: wayWithout(onTheWay.filter((one) => !one.isExact)),
    choices: Math.max(1, ...onTheWay.map((one) => one.choices)),
    ahead: outer.map((one) => {
      // A look begins where the way is: `(?=` and `(?!` are three characters.
      const inside = { start: one.start + 3, end: one.end - 1 };
      return simplerPart(text, `^(?:${text.slice(inside.start, inside.end)})`, inside, found);
    }),
    isRegular: outer.length === 0 && references.length === 0,
    isCounted: counts.length > 0,
    isRepeated: counts.some((one) => one.isRepeated),
  };
}

function parsed(pattern: string, flags: string): AST.Pattern | undefined {
  try {
    return new RegExpParser().parsePattern(pattern, 0, pattern.length, { unicode: flags === "u" });
  } catch {
    return undefined;
  }
}

function uncounted(quantifier: AST.Quantifier): readonly Count[] {
  const { min, max, greedy, element, end } = quantifier;
  if (!isLarge(quantifier)) return [];
  const text = `${min === 0 ? "*" : "+"}${greedy ? "" : "?"}`;
  const isRepeated = isEndless(quantifier.parent) || holdsEndless(element);
  return [{ start: element.end, end, text, isRepeated, isExact: min === max, choices: choicesOf(quantifier) }];
}

/** Whether a part of a pattern stands in a repetition without end. */
function isEndless(node: AST.Node | null): boolean {
  if (node === null) return false;
  return (node.type === "Quantifier" && !Number.isFinite(node.max)) || isEndless(node.parent);
}

function holdsEndless(element: AST.Element): boolean {
  let found = false;
  visitRegExpAST(element, {
    onQuantifierEnter: ({ max }) => {
      found ||= !Number.isFinite(max);
    },
  });
  return found;
}

function isLarge({ min, max }: AST.Quantifier): boolean {
  return Number.isFinite(max) ? max >= manyCopies : min >= manyCopies;
}

/** Where a text may be left: at any of its characters, in any of the repetitions around them. */
function choicesOf(quantifier: AST.Quantifier): number {
  const own = Number.isFinite(quantifier.max) ? quantifier.max : 1;
  for (let node = quantifier.parent as AST.Node | null; node !== null; node = node.parent)
    if (node.type === "Quantifier" && isLarge(node)) return own * choicesOf(node);
  return own;
}

function isIn(one: Span, other: Span): boolean {
  return other.start <= one.start && one.end <= other.end;
}

function edited(text: string, part: Span, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (rest, { start, end, text: put }) => rest.slice(0, start - part.start) + put + rest.slice(end - part.start),
      text.slice(part.start, part.end),
    );
}
