import * as z from "zod";
import { guardDepth } from "./depth.js";

/** One fault, before zod words it. */
export type Fault = z.core.$ZodRawIssue;

/** The value of an outcome that says nothing about what to keep of it: an assertion such as "has at least two keys". */
export const nothing: unique symbol = Symbol("nothing");

/** What a branch made of a value. */
export interface Outcome {
  /** What the branch keeps of the value, or `nothing`. */
  readonly value: unknown;
  /** Why the branch does not hold. */
  readonly faults: readonly Fault[];
  /**
   * Keys of the value itself that the branch does not know. That alone does not fail a branch: another branch may know them
   * (JSON Schema 2020-12 core, 11.3: what is unevaluated is judged over all branches together).
   */
  readonly unknown: readonly string[];
  /** The places of an array's items that the branch has judged. Absent: all of them; none where it keeps nothing. */
  readonly items?: ReadonlySet<number>;
}

/** Runs a schema as a branch of another. */
export type Run = (branch: z.core.$ZodType, value: unknown) => Outcome;

/** Judges a value; `run` hands it on to a branch. */
export type Judge = (value: unknown, run: Run) => Outcome;

interface MadeDef extends z.core.$ZodTypeDef {
  readonly type: "custom";
  readonly judge: Judge;
}

interface Made extends z.ZodType {
  readonly _zod: z.core.$ZodTypeInternals & { readonly def: MadeDef };
}

const Base: z.core.$constructor<z.ZodType, z.core.$ZodTypeDef> = z.ZodType;

const Made = z.core.$constructor<Made, MadeDef>("SallyportSchema", (inst, def) => {
  Base.init(inst, def);
  const internals: z.core.$ZodTypeInternals = inst._zod;
  internals.parse = (payload, ctx) =>
    guardDepth(payload, () => {
      const outcome = def.judge(payload.value, runner(ctx));
      payload.issues.push(...outcome.faults);
      if (outcome.unknown.length > 0) payload.issues.push(unknownKeys(outcome.unknown, payload.value));
      payload.value = keptOf(outcome, payload.value);
      return payload;
    });
});

/** A zod schema that a judge decides. It composes with every other one. */
export function made<Out = unknown, In = Out>(judge: Judge): z.ZodType<Out, In> {
  return new Made({ type: "custom", judge }) as unknown as z.ZodType<Out, In>;
}

/** The outcome of a value that is as it should be. */
export function holds(value: unknown): Outcome {
  return { value, faults: [], unknown: [] };
}

/** The outcome of an assertion that holds. */
export function holdsTrue(): Outcome {
  return { value: nothing, faults: [], unknown: [] };
}

/** The outcome of a value that is not as it should be. */
export function fails(value: unknown, faults: readonly Fault[]): Outcome {
  return { value, faults, unknown: [] };
}

/** A fault in words that quote nothing of the value. */
export function fault(input: unknown, message: string, path: PropertyKey[] = []): Fault {
  return { code: "custom", message, input, path, params: {} };
}

/** What an outcome leaves of a value that no one else has a say in. */
export function keptOf(outcome: Outcome, value: unknown): unknown {
  return outcome.value === nothing ? value : outcome.value;
}

/** Whether a branch holds, whatever keys it does not know. */
export function matches(outcome: Outcome): boolean {
  return outcome.faults.length === 0;
}

/** The faults of a part, as faults of the whole. A key that the part does not know is one: nobody else is asked about it. */
export function faultsBelow(outcome: Outcome, key: PropertyKey): readonly Fault[] {
  const faults = outcome.faults.map((one) => ({ ...one, path: [key, ...(one.path ?? [])] }));
  return outcome.unknown.length === 0
    ? faults
    : [...faults, { ...unknownKeys(outcome.unknown, outcome.value), path: [key] }];
}

function runner(ctx: z.core.ParseContextInternal): Run {
  const run: Run = (branch, value) => {
    if (branch instanceof Made && (branch._zod.def.checks ?? []).length === 0) return branch._zod.def.judge(value, run);
    const result = branch._zod.run({ value, issues: [] }, ctx);
    if (result instanceof Promise) throw new z.core.$ZodAsyncError();
    const isUnknownKeys = (issue: Fault) => issue.code === "unrecognized_keys" && !issue.path?.length;
    return {
      value: result.value,
      faults: result.issues.filter((issue) => !isUnknownKeys(issue)),
      unknown: result.issues.flatMap((issue) =>
        issue.code === "unrecognized_keys" && isUnknownKeys(issue) ? issue.keys : [],
      ),
    };
  };
  return run;
}

function unknownKeys(keys: readonly string[], input: unknown): Fault {
  return {
    code: "unrecognized_keys",
    keys: [...keys],
    input: input as Record<string, unknown>,
    path: [],
    continue: true,
  };
}
