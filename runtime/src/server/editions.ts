import type { ApiPolicy, OperationPolicy, Version, Versioning } from "../policy/index.js";

/** A version as it is served. */
export interface Edition {
  readonly name: string;
  /** Starts with a slash, or is empty. */
  readonly basePath: string;
  /** When it ends, in milliseconds since 1970. */
  readonly until: number;
  /** What it serves. */
  readonly shapes: ReadonlySet<string>;
}

/** The versions of an API, from the oldest to the newest. */
export interface Editions {
  readonly own: readonly Edition[];
  /** Those that are served beside it, too: `versions()` writes them here. */
  all: readonly Edition[];
}

/** What `versions()` knows of an API. */
export interface Served {
  readonly versioning: Versioning;
  readonly editions: Editions;
  readonly bases: readonly Base[];
}

/** Where an API is served. */
export interface Base {
  readonly path: string;
  /** What targets begin with. */
  readonly prefix: string;
  /** The version that stands in the path. */
  readonly version: string | undefined;
}

/**
 * The places of an API: one, or, where the version stands in the path, one a version. The base path is the one of the current version; a
 * request without a version has the segment left out.
 */
export function basesOf({ versioning }: Pick<ApiPolicy, "versioning">, basePath: string): readonly Base[] {
  if (versioning?.strategy !== "path") return [baseAt(basePath, undefined)];
  const { current, missing, supported } = versioning;
  const named = supported.map(({ name }) => baseAt(placeOf(basePath, current, [name]), name));
  return missing === "current" ? [...named, baseAt(placeOf(basePath, current, []), undefined)] : named;
}

function placeOf(basePath: string, current: string, put: readonly string[]): string {
  return basePath
    .split("/")
    .flatMap((segment) => (segment === current ? put : [segment]))
    .join("/");
}

function baseAt(path: string, version: string | undefined): Base {
  return { path, prefix: `${path}/`, version };
}

/** The versions that an API serves. @param policies those of all its operations. */
export function editionsOf(
  { versioning }: Pick<ApiPolicy, "versioning">,
  policies: readonly OperationPolicy[],
  bases: readonly Base[],
): Editions | undefined {
  if (versioning === undefined) return undefined;
  const { supported } = versioning;
  const own = supported.map((version): Edition => {
    const { name, sunset } = version;
    const base = bases.find((one) => one.version === name) ?? bases[0];
    const shapes = policies.filter((policy) => offers(policy, version, supported)).map(shapeOf);
    const until = sunset === undefined ? Number.POSITIVE_INFINITY : Date.parse(sunset);
    return { name, basePath: base?.path ?? "", until, shapes: new Set(shapes) };
  });
  return { own, all: own };
}

/** Whether a version has an operation: it came with that one, or with an older one. */
export function offers({ since }: OperationPolicy, version: Version, supported: readonly Version[]): boolean {
  return since === undefined || supported.indexOf(version) >= supported.findIndex(({ name }) => name === since);
}

/** Method and path, whatever the places in it are called: what makes operations of two versions the same resource. */
export function shapeOf({ method, path }: Pick<OperationPolicy, "method" | "path">): string {
  return `${method} ${path.replace(/\{[^{}]*\}/g, "{}")}`;
}

/** The versions that a caller may use now. */
export function inService({ all }: Editions, at: number): readonly string[] {
  return all.filter(({ until }) => at < until).map(({ name }) => name);
}
