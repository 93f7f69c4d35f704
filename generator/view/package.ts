import { inline } from "../code/inline.js";
import type { Api } from "../model/api.js";
import type { Spec } from "../model/spec.js";
import { type FileView, needed, viewsOf } from "./files.js";
import { headerOf } from "./header.js";
import { forCallers } from "./package/callers.js";
import { entryView } from "./package/entry.js";
import { type PackageOptions, packageFacts } from "./package/facts.js";
import { changelog, licenseText, packageJson, tsconfigJson } from "./package/layout.js";
import { readmeView } from "./package/readme.js";
import type { SchemaOptions } from "./zod/context.js";

/**
 * The client as an npm package: its source, and what is around it.
 * @param runtime the version of @sallyport/runtime that it is emitted for.
 * @throws DiagnosticError for a name or a version that npm does not take.
 */
export async function packageViews(
  api: Api,
  spec: Spec,
  options: PackageOptions & { readonly runtime: string },
  schemas: SchemaOptions,
): Promise<readonly FileView[]> {
  const facts = packageFacts(options, api, spec);
  const callers = forCallers(api);
  const source = await viewsOf(callers, spec, needed(["client", "fakes"]), schemas);
  const entry = entryView(callers);
  return [
    ...[...source, { ...entry, data: { ...entry.data, header: headerOf(spec) }, path: "index.ts" }].map((one) => ({
      ...one,
      path: `src/${one.path}`,
    })),
    { ...readmeView(api, facts), path: "README.md" },
    { text: packageJson(facts, inline(api.title), options.runtime), path: "package.json" },
    { text: tsconfigJson(), path: "tsconfig.json" },
    { text: changelog(facts), path: "CHANGELOG.md", yours: true },
    { text: licenseText(facts), path: "LICENSE", yours: true },
  ];
}
