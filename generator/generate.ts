import path from "node:path";
import { type Diagnostic, DiagnosticError } from "./code/diagnostic.js";
import { lower } from "./lower/lower.js";
import type { Api } from "./model/api.js";
import { plainValues, type ValueOptions } from "./model/held.js";
import type { Spec } from "./model/spec.js";
import type { Emitted } from "./output/emitted.js";
import { manifestFile } from "./output/manifest.js";
import { checkNames } from "./output/names.js";
import { checkSecrets } from "./output/no-secrets.js";
import { type Change, patchesOf } from "./output/patch.js";
import { type Plan, planOutput } from "./output/plan.js";
import { prove } from "./output/prove.js";
import { version } from "./output/version.js";
import { writeOutput } from "./output/write.js";
import { render } from "./render/engine.js";
import { patternFaults } from "./rules/patterns.js";
import { runRules } from "./rules/run.js";
import { settle } from "./settle/settle.js";
import { loadSpec } from "./source/load.js";
import { callbacksOf, type Outgoing, webhooksOf } from "./source/outgoing.js";
import { structureFaults } from "./source/structure.js";
import { type FileName, fileNames, guardedNames, usualNames } from "./view/file-names.js";
import { callbackViews, type FileView, needed, viewsOf, webhookViews } from "./view/files.js";
import type { PackageOptions } from "./view/package/facts.js";
import { packageViews } from "./view/package.js";
import { policyFormat } from "./view/policy.js";
import type { Formats } from "./view/zod/context.js";

/** What `also` can name: folders of what the API sends, and transports for tests of what calls it. */
export type AlsoName = "webhooks" | "callbacks" | "fakes";

/** What to generate from what. */
export interface EmitOptions {
  /** The entry file of the spec. */
  readonly spec: string;
  /** Overlay files, applied in this order. */
  readonly overlays?: readonly string[];
  /** The files that are wanted; those that they import come along. Default: all. */
  readonly only?: readonly FileName[];
  /** What relative paths are relative to. Default: the process's working folder. */
  readonly cwd?: string;
  /** Lets an overlay add security requirements, each of which is one more way in. */
  readonly allowWidening?: boolean;
  /** Origins that references may lead to: `https://schemas.example.com`. Default: none, files only. */
  readonly allowRefs?: readonly string[];
  /**
   * What is emitted besides: guarded receivers and senders of the webhooks that the API sends, senders of its callbacks, and fakes for
   * tests of its callers. Default: nothing.
   */
  readonly also?: readonly AlsoName[];
  /** The client and its fakes as an npm package, in place of the usual files. */
  readonly package?: PackageOptions;
  /** Whether `format` is checked, or only said (JSON Schema validation, 7.2). Default: `assert`. */
  readonly formats?: Formats;
  /** What code holds 64-bit integers as: on the wire they are JSON numbers all the same. Default: `number`. */
  readonly int64?: ValueOptions["int64"];
  /** What code holds dates as: on the wire they are texts all the same. Default: `string`. */
  readonly dates?: ValueOptions["dates"];
  /** Schemas validate and do nothing else, as JSON Schema has it: what the test suite of JSON Schema is asked with. */
  readonly plain?: boolean;
}

/** What to generate from what, and where to. */
export interface GenerateOptions extends Omit<EmitOptions, "plain"> {
  /** The folder of the generated files. */
  readonly output: string;
  /** Says what would change and writes nothing. */
  readonly dryRun?: boolean;
}

/** What became of the files. */
export interface GenerateResult {
  readonly files: readonly { readonly path: string; readonly status: "written" | "unchanged" | "removed" }[];
  readonly warnings: readonly Diagnostic[];
  /** Every file that was read, absolute. */
  readonly inputs: readonly string[];
}

/** Whether generating would change anything, and what. */
export interface CheckResult extends GenerateResult {
  readonly stale: boolean;
  readonly changes: readonly Change[];
}

/** What `only` can name. */
export { type FileName, fileNames, version };

/** What `sallyport.config.ts` exports by default. */
export type Config = Partial<Omit<GenerateOptions, "cwd" | "dryRun">>;

/** Types a configuration. */
export function defineConfig(config: Config): Config {
  return config;
}

/**
 * Generates the files and writes what changed.
 * @throws DiagnosticError with everything that is wrong; nothing is written then.
 */
export async function generate(options: GenerateOptions): Promise<GenerateResult> {
  const { plan, warnings, spec } = await planned(options);
  await prove(
    plan.steps.flatMap(({ path, status, after }) =>
      status === "written" && after !== undefined ? [{ path, text: after }] : [],
    ),
  );
  if (options.dryRun !== true) await writeOutput(plan);
  return resultOf({ plan, warnings, spec });
}

/**
 * Compares the files with what would be generated. Writes nothing.
 * @throws DiagnosticError with everything that is wrong.
 */
export async function check(options: Omit<GenerateOptions, "dryRun">): Promise<CheckResult> {
  const run = await planned(options);
  const changes = patchesOf(run.plan);
  return { ...resultOf(run), stale: changes.length > 0, changes };
}

function resultOf({ plan, warnings, spec }: Planned): GenerateResult {
  return {
    files: plan.steps.map(({ path, status }) => ({ path, status })),
    warnings: [...warnings, ...plan.warnings],
    inputs: spec.files,
  };
}

/** The text of every emitted file but the manifest. */
export interface EmitResult {
  readonly files: readonly Emitted[];
  readonly warnings: readonly Diagnostic[];
  readonly spec: Spec;
}

/**
 * Everything up to the disk: the stages in their order.
 * @throws DiagnosticError with everything that is wrong.
 */
export async function emit(options: EmitOptions): Promise<EmitResult> {
  const { cwd = process.cwd(), overlays = [], allowWidening = false, allowRefs = [], also = [] } = options;
  const only = wantedOf(options);
  const spec = await loadSpec({ entry: options.spec, overlays, cwd, allowWidening, remote: { allow: allowRefs } });
  const outgoing = outgoingOf(spec, also);
  const complaints = [
    ...(await structureFaults(spec)),
    ...(options.plain === true ? [] : matchedFaults(spec, only, outgoing.webhooks)),
    ...runRules(outgoing.webhooks === undefined ? spec : withoutWebhooks(spec), { only }),
    ...(outgoing.webhooks === undefined ? [] : runRules(outgoing.webhooks.spec)),
    ...(outgoing.callbacks === undefined ? [] : runRules(outgoing.callbacks.spec, { only: ["client"] })),
  ];
  const noticed = refuseErrors(eachOnce(complaints));
  const { formats = "assert", plain = false } = options;
  const values: ValueOptions = {
    int64: options.int64 ?? plainValues.int64,
    dates: options.dates ?? plainValues.dates,
  };
  const draft = lower(spec, { clientOnly: !guardedNames.some((name) => only.includes(name)), values });
  const api = settle(draft);
  const schemas = { formats, plain, values };
  const views =
    options.package === undefined
      ? await viewsOf(api, spec, only, schemas)
      : await packageViews(api, spec, { ...options.package, runtime: version }, schemas);
  const more = await outgoingViews(outgoing, schemas);
  const files = [...views, ...more].map((view) => ({
    path: view.path,
    text: textOf(view),
    ...(view.yours === true ? { yours: true as const } : {}),
  }));
  checkNames(files);
  checkSecrets(files);
  return { files, warnings: [...noticed, ...draft.warnings], spec };
}

/** The files that are asked for, by name. */
function wantedOf({ only, also = [], package: packed }: EmitOptions): readonly FileName[] {
  if (packed === undefined)
    return needed([...(only ?? usualNames), ...(also.includes("fakes") ? ["fakes" as const] : [])]);
  if (only === undefined && also.length === 0) return needed(["client", "fakes"]);
  const message = "A package is the client and its fakes: it cannot be asked for with only or also.";
  throw new DiagnosticError([{ code: "SP092", severity: "error", message, fix: "Leave --only and --also out." }], 2);
}

/** A description as the model of it, for commands that emit nothing. */
export interface ReadApi extends Omit<EmitResult, "files"> {
  readonly api: Api;
}

/**
 * Everything up to the model, judged as for a server.
 * @throws DiagnosticError with everything that is wrong.
 */
export async function readApi(options: EmitOptions): Promise<ReadApi> {
  const { cwd = process.cwd(), overlays = [], allowWidening = false, allowRefs = [] } = options;
  const spec = await loadSpec({ entry: options.spec, overlays, cwd, allowWidening, remote: { allow: allowRefs } });
  const noticed = refuseErrors([...(await structureFaults(spec)), ...runRules(spec)]);
  const draft = lower(spec, { clientOnly: false });
  return { api: settle(draft), spec, warnings: [...noticed, ...draft.warnings] };
}

interface OutgoingParts {
  readonly webhooks: Outgoing | undefined;
  readonly callbacks: Outgoing | undefined;
}

function outgoingOf(spec: Spec, also: readonly AlsoName[]): OutgoingParts {
  return {
    webhooks: also.includes("webhooks") ? webhooksOf(spec) : undefined,
    callbacks: also.includes("callbacks") ? callbacksOf(spec) : undefined,
  };
}

/**
 * Patterns meet texts that others choose where there are schemas.ts: on a server, in a router, in receivers of webhooks, and in what checks
 * answers. Wherever it is printed, texts are kept short enough for what is let through here.
 */
function matchedFaults(spec: Spec, only: readonly FileName[], webhooks: Outgoing | undefined): readonly Diagnostic[] {
  if (only.includes("schemas") || only.includes("trpc")) return patternFaults(spec);
  return webhooks === undefined ? [] : patternFaults(webhooks.spec);
}

/** Webhooks are judged as what they are generated as: an API of their own. */
function withoutWebhooks(spec: Spec): Spec {
  const { webhooks: _, ...root } = spec.root;
  const bare: Spec["root"] = Object.assign(Object.create(null), root);
  return { ...spec, root: bare, at: (node, key, part) => spec.at(node === bare ? spec.root : node, key, part) };
}

async function outgoingViews(
  { webhooks, callbacks }: OutgoingParts,
  options: Parameters<typeof viewsOf>[3] & object,
): Promise<readonly FileView[]> {
  const modelOf = ({ spec }: Outgoing, clientOnly: boolean) =>
    settle(lower(spec, { clientOnly, values: options.values }));
  return [
    ...(webhooks === undefined
      ? []
      : await webhookViews(modelOf(webhooks, false), webhooks.spec, webhooks.expressions, options)),
    ...(callbacks === undefined
      ? []
      : await callbackViews(modelOf(callbacks, true), callbacks.spec, callbacks.expressions, options)),
  ];
}

/** What components say wrongly, every part of the description that is judged says. */
function eachOnce(complaints: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(complaints.map((one) => [JSON.stringify(one), one])).values()];
}

/** All complaints at once; without an error among them, they are what was noticed on the way. */
function refuseErrors(complaints: readonly Diagnostic[]): readonly Diagnostic[] {
  if (complaints.some((one) => one.severity === "error")) throw new DiagnosticError(complaints);
  return complaints;
}

function textOf(view: FileView): string {
  if ("text" in view) return view.text;
  return view.body === undefined ? render(view) : `${render(view)}\n${view.body}`;
}

interface Planned extends Omit<EmitResult, "files"> {
  readonly plan: Plan;
}

async function planned(options: GenerateOptions): Promise<Planned> {
  const { files, ...rest } = await emit(options);
  const about = {
    version,
    policyFormat,
    input: rest.spec.digest,
    options: {
      ...(options.only ? { only: [...options.only].sort() } : {}),
      ...(options.package === undefined ? {} : { package: { ...options.package } }),
      ...(options.also?.length ? { also: [...options.also].sort() } : {}),
      ...(options.formats === "annotate" ? { formats: options.formats } : {}),
      ...(options.int64 === undefined || options.int64 === "number" ? {} : { int64: options.int64 }),
      ...(options.dates === undefined || options.dates === "string" ? {} : { dates: options.dates }),
    },
  };
  const folder = path.resolve(options.cwd ?? process.cwd(), options.output);
  return { ...rest, plan: planOutput(folder, [...files, manifestFile(about, files)]) };
}
