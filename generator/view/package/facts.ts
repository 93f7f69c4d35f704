import { type Diagnostic, DiagnosticError } from "../../code/diagnostic.js";
import type { Api } from "../../model/api.js";
import type { Spec } from "../../model/spec.js";

/** What the npm package of an SDK is called. */
export interface PackageOptions {
  /** As npm has it: `@bank/sdk`. */
  readonly name: string;
  /** SemVer. Default: the version of the spec, where it is one. */
  readonly version?: string;
  /** SPDX. Default: `info.license.identifier` of the spec. */
  readonly license?: string;
}

/** The same, with nothing left open. */
export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  /** `undefined`: nobody has said. */
  readonly license: string | undefined;
}

/** What the npm registry takes for a new package. */
const packageName = /^(?:@[a-z0-9-][a-z0-9-._]*\/)?[a-z0-9-][a-z0-9-._]*$/;
/** SemVer 2.0.0, 2. */
const semver =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const spdx = /^[A-Za-z0-9.+ ()-]{1,100}$/;

/** @throws DiagnosticError for what npm would not take. */
export function packageFacts(options: PackageOptions, api: Api, spec: Spec): PackageFacts {
  const { name, version = api.version, license = licenseOf(spec) } = options;
  const faults = [
    ...(packageName.test(name) && name.length <= 214
      ? []
      : [fault(`${JSON.stringify(name)} is no name of a package.`)]),
    ...(semver.test(version) ? [] : [fault(`${JSON.stringify(version)} is no version: it is MAJOR.MINOR.PATCH.`)]),
    ...(license === undefined || spdx.test(license)
      ? []
      : [fault(`${JSON.stringify(license)} is no SPDX expression.`)]),
  ];
  if (faults.length > 0) throw new DiagnosticError(faults, 2);
  return { name, version, license };
}

function fault(message: string): Diagnostic {
  const fix = "Say it as --package NAME@VERSION, or as package: { name, version, license } in the configuration.";
  return { code: "SP091", severity: "error", message, fix };
}

/** OpenAPI 3.1, 4.8.4: `identifier` is an SPDX expression; `name` is a text for people. */
function licenseOf({ root }: Spec): string | undefined {
  const { info } = root;
  const license = isObject(info) ? info.license : undefined;
  const said = isObject(license) ? license.identifier : undefined;
  return typeof said === "string" && spdx.test(said) ? said : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
