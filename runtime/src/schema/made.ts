import * as z from "zod";

/** One fault, before zod words it. */
export type Fault = z.core.$ZodRawIssue;

/** What a branch made of a value. */
export interface Outcome {
  readonly value: unknown;
  /** Why the branch does not hold. */
  readonly faults: readonly Fault[];
  /**
   * Keys of the value itself that the branch does not know. That alone does not fail a branch: another branch may know them
   * (JSON Schema 2020-12 core, 11.3: unevaluated is judged over all branches together).
   */
  readonly unknown: readonly string[];
}

type Context = z.core.ParseContextInternal;

/** Judges a value; `run` hands it on to a branch. */
export type Judge = (value: unknown, run: (branch: z.ZodType, value: unknown) => Outcome) => Outcome;

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
  internals.parse = (payload, ctx) => {
    const outcome = def.judge(payload.value, (branch, value) => runBranch(branch, value, ctx));
    payload.issues.push(...outcome.faults);
    if (outcome.unknown.length > 0) payload.issues.push(unknownKeys(outcome.unknown, payload.value));
    payload.value = outcome.value;
    return payload;
  };
});

/** A zod schema that a judge decides. It composes with every other one. */
export function made<Out = unknown, In = Out>(judge: Judge): z.ZodType<Out, In> {
  return new Made({ type: "custom", judge }) as unknown as z.ZodType<Out, In>;
}

/** The outcome of a value that is as it should be. */
export function holds(value: unknown): Outcome {
  return { value, faults: [], unknown: [] };
}

/** The outcome of a value that is not, in words that quote nothing of it. */
export function fails(value: unknown, message: string, path: PropertyKey[] = []): Outcome {
  return { value, faults: [fault(value, message, path)], unknown: [] };
}

/** A fault in words that quote nothing of the value. */
export function fault(input: unknown, message: string, path: PropertyKey[] = []): Fault {
  return { code: "custom", message, input, path, params: {} };
}

/** Whether a branch holds, whatever keys it does not know. */
export function matches(outcome: Outcome): boolean {
  return outcome.faults.length === 0;
}

function runBranch(branch: z.ZodType, value: unknown, ctx: Context): Outcome {
  const result = branch._zod.run({ value, issues: [] }, ctx);
  if (result instanceof Promise) throw new z.core.$ZodAsyncError();
  const faults: Fault[] = [];
  const unknown: string[] = [];
  for (const issue of result.issues) {
    if (issue.code === "unrecognized_keys" && !issue.path?.length) unknown.push(...issue.keys);
    else faults.push(issue);
  }
  return { value: result.value, faults, unknown };
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
