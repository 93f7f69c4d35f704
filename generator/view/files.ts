import type { Api } from "../model/api.js";
import type { Spec } from "../model/spec.js";
import { clientView } from "./client.js";
import { envExample, envView } from "./env.js";
import { fakesView } from "./fakes.js";
import { type FileName, fileNames } from "./file-names.js";
import { headerOf } from "./header.js";
import { policyView } from "./policy.js";
import { schemasView } from "./schemas.js";
import { sendView } from "./send.js";
import { serverView } from "./server.js";
import { testsView } from "./tests.js";
import { trpcView } from "./trpc.js";
import { formsData } from "./types/forms.js";
import { typesText } from "./types.js";
import type { View } from "./view.js";
import { wireView } from "./wire.js";
import { defaultOptions, type SchemaOptions } from "./zod/context.js";

/** A view, with what another printer made to stand below it; or text that is no TypeScript. */
type Ready = (View & { readonly body?: string }) | { readonly text: string };

/** An emitted file before it is laid out. `path` is below the output folder. */
export type FileView = Ready & {
  readonly path: string;
  /** Written once, and the user's from then on. */
  readonly yours?: true;
};

interface EmittedFile {
  readonly name: FileName;
  readonly path: string;
  /** The files that it imports. */
  readonly needs: readonly FileName[];
  /** `undefined` where there is nothing to say. */
  readonly view: (api: Api, spec: Spec, options: SchemaOptions) => Ready | undefined | Promise<Ready>;
}

/** Every emitted file but the manifest. A new one is a line here, a view and a template. */
const files: readonly EmittedFile[] = [
  { name: "types", path: "types.ts", needs: [], view: typesFile },
  { name: "schemas", path: "schemas.ts", needs: ["types"], view: headed(schemasView) },
  { name: "policy", path: "policy.ts", needs: [], view: headed(policyView) },
  { name: "wire", path: "wire.ts", needs: ["types"], view: headed(wireView) },
  { name: "server", path: "server.ts", needs: ["types", "schemas", "policy", "wire", "env"], view: headed(serverView) },
  { name: "client", path: "client.ts", needs: ["policy", "wire"], view: headed(clientView) },
  { name: "trpc", path: "trpc.ts", needs: ["wire"], view: headed(trpcView) },
  { name: "env", path: "env.ts", needs: [], view: headed(envView) },
  { name: "env", path: ".env.example", needs: [], view: exampleFile },
  { name: "fakes", path: "fakes.ts", needs: ["types", "wire"], view: headed(fakesView) },
  { name: "tests", path: "security.test.ts", needs: [], view: headed(testsView) },
];

/** The files asked for, and those that they import. */
export function needed(only: readonly FileName[]): readonly FileName[] {
  const wanted = new Set(only);
  // A set hands out what is added while it is walked.
  for (const name of wanted) {
    for (const file of files) if (file.name === name) for (const one of file.needs) wanted.add(one);
  }
  return fileNames.filter((name) => wanted.has(name));
}

/**
 * The views of the files.
 * @throws DiagnosticError with everything that a file cannot say.
 */
export async function viewsOf(
  api: Api,
  spec: Spec,
  only: readonly FileName[],
  options: SchemaOptions = defaultOptions,
): Promise<readonly FileView[]> {
  const views: FileView[] = [];
  for (const { name, path, view } of files) {
    const ready = only.includes(name) ? await view(api, spec, options) : undefined;
    if (ready !== undefined) views.push({ ...ready, path });
  }
  return views;
}

/** The files of the webhooks that an API sends: what a subscriber serves, and what the API sends them with. */
export async function webhookViews(
  api: Api,
  spec: Spec,
  expressions: ReadonlyMap<string, string>,
  options: SchemaOptions,
): Promise<readonly FileView[]> {
  const views = await viewsOf(api, spec, needed(["server"]), options);
  return [...views, sendFile(api, spec, expressions)].map((one) => ({ ...one, path: `webhooks/${one.path}` }));
}

/** The files of the callbacks that an API sends. Their receivers' servers are described by their receivers. */
export async function callbackViews(
  api: Api,
  spec: Spec,
  expressions: ReadonlyMap<string, string>,
  options: SchemaOptions,
): Promise<readonly FileView[]> {
  const views = await viewsOf(api, spec, needed(["policy", "wire"]), options);
  return [...views, sendFile(api, spec, expressions)].map((one) => ({ ...one, path: `callbacks/${one.path}` }));
}

function sendFile(api: Api, spec: Spec, expressions: ReadonlyMap<string, string>): FileView {
  const { template, data } = sendView(api, expressions);
  return { template, data: { ...data, header: headerOf(spec) }, path: "send.ts" };
}

function headed(view: (api: Api, options: SchemaOptions) => View): EmittedFile["view"] {
  return (api, spec, options) => {
    const { template, data } = view(api, options);
    return { template, data: { ...data, header: headerOf(spec) } };
  };
}

async function typesFile(api: Api, spec: Spec, { values }: SchemaOptions): Promise<Ready> {
  const body = await typesText(spec, api, values);
  return { template: "types", data: { ...formsData(api), header: headerOf(spec) }, body };
}

function exampleFile(api: Api): Ready | undefined {
  return api.settings.length === 0 ? undefined : { text: envExample(api) };
}
