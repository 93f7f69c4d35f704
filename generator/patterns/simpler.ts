import { type AST, RegExpParser, visitRegExpAST } from "@eslint-community/regexpp";

/**
 * Patterns that together are tried in every way in which one is, and in more: what they cost at most, it costs at most. An automaton judges
 * them in milliseconds, where it takes seconds for large counts, and has no answer for what looks ahead or back.
 */
export interface Simpler {
  /**
   * The pattern where it goes on: large counts forgotten, back references taken for any text, nothing asserted of what is around, and a
   * character at the end that no text need have. So no way ends early because it succeeds.
   */
  readonly way: string;
  /** What it looks at ahead, each as a pattern of its own. */
  readonly ahead: readonly string[];
  /** Whether an automaton can judge the pattern itself. */
  readonly isRegular: boolean;
  /** Whether it takes many copies for that. */
  readonly isCounted: boolean;
}

/** No character (Unicode 23.7). */
const unlikely = "\uffff";
/** From this many on, the copies that an automaton needs of what is counted take seconds to judge. */
const manyCopies = 8;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** `undefined` for what is no pattern with these flags, or looks behind: then the way is gone backwards. */
export function simplerOf(pattern: string, flags: string): Simpler | undefined {
  const tree = parsed(pattern, flags);
  if (tree === undefined) return undefined;
  const counts: Edit[] = [];
  const edits: Edit[] = [];
  const looks: AST.LookaroundAssertion[] = [];
  let references = 0;
  visitRegExpAST(tree, {
    onQuantifierEnter: (one) => counts.push(...uncounted(one)),
    onBackreferenceEnter: ({ start, end }) => {
      references += 1;
      edits.push({ start, end, text: "(?:[\\s\\S]*)" });
    },
    onAssertionEnter: (one) => {
      if (one.kind === "lookahead" || one.kind === "lookbehind") looks.push(one);
      else if (one.kind !== "start") edits.push({ ...spanOf(one), text: "(?:)" });
    },
  });
  if (looks.some((one) => one.kind === "lookbehind")) return undefined;
  const outer = looks.filter((one) => !looks.some((other) => other.start < one.start && one.end <= other.end));
  const within = (edit: Edit) => outer.some((one) => one.start <= edit.start && edit.end <= one.end);
  const kept = [
    ...[...counts, ...edits].filter((edit) => !within(edit)),
    ...outer.map((one) => ({ ...spanOf(one), text: "(?:)" })),
  ];
  return {
    way: `(?:${edited(pattern, kept)})${unlikely}`,
    // A look begins where the way is: `(?=` and `(?!` are three characters.
    ahead: outer.map((one) => `^(?:${pattern.slice(one.start + 3, one.end - 1)})`),
    isRegular: outer.length === 0 && references === 0,
    isCounted: counts.length > 0,
  };
}

function parsed(pattern: string, flags: string): AST.Pattern | undefined {
  try {
    return new RegExpParser().parsePattern(pattern, 0, pattern.length, { unicode: flags === "u" });
  } catch {
    return undefined;
  }
}

function uncounted({ min, max, greedy, element, end }: AST.Quantifier): readonly Edit[] {
  const isLarge = Number.isFinite(max) ? max >= manyCopies : min >= manyCopies;
  if (!isLarge) return [];
  return [{ start: element.end, end, text: `${min === 0 ? "*" : "+"}${greedy ? "" : "?"}` }];
}

function spanOf({ start, end }: AST.Node): { readonly start: number; readonly end: number } {
  return { start, end };
}

function edited(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((rest, { start, end, text: put }) => rest.slice(0, start) + put + rest.slice(end), text);
}
