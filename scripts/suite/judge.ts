import type { Group, Test } from "./cases.js";
import type { Subjects } from "./document.js";

/** What decides a case; or why nothing does. */
export type Judgement = { readonly accepts: (data: unknown) => boolean } | { readonly refusal: string };

/** By the name of the case. */
export type Judges = ReadonlyMap<string, Judgement>;

/** A test that was not decided as the suite says. */
export interface Miss {
  readonly group: Group;
  readonly test: Test;
  readonly reason: string;
}

/** What became of the tests of one file. */
export interface Score {
  readonly total: number;
  readonly misses: readonly Miss[];
}

/** The cases with only the instances that are valid, or that are not. */
export function only(subjects: Subjects, valid: boolean): Subjects {
  return new Map(
    [...subjects].map(([name, group]) => [name, { ...group, tests: group.tests.filter((one) => one.valid === valid) }]),
  );
}

/** How the tests of each file were decided. */
export function score(subjects: Subjects, judges: Judges): ReadonlyMap<string, Score> {
  const scores = new Map<string, Score>();
  for (const [name, group] of subjects) {
    const before = scores.get(group.file) ?? { total: 0, misses: [] };
    const misses = group.tests.flatMap((test): readonly Miss[] => {
      const reason = missOf(judges.get(name) ?? { refusal: "nothing decides it" }, test);
      return reason === undefined ? [] : [{ group, test, reason }];
    });
    scores.set(group.file, { total: before.total + group.tests.length, misses: [...before.misses, ...misses] });
  }
  return scores;
}

function missOf(judgement: Judgement, { data, valid }: Test): string | undefined {
  if ("refusal" in judgement) return judgement.refusal;
  try {
    if (judgement.accepts(data) === valid) return undefined;
    return valid ? "refused, and is valid" : "accepted, and is not valid";
  } catch (thrown) {
    return `threw ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

/** Both scores in one. */
export function sum(scores: Iterable<Score>): Score {
  const all = [...scores];
  return { total: all.reduce((total, one) => total + one.total, 0), misses: all.flatMap((one) => one.misses) };
}
