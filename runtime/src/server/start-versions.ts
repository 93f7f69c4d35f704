import type { ApiPolicy } from "../policy/index.js";
import type { Complain } from "../problem/start-error.js";
import type { Contract } from "./contract.js";

/** A version that could not be told from another, or never ends because its end cannot be read, does not start. */
export function checkVersions({ api, operations }: Contract, complain: Complain): void {
  const { versioning } = api;
  const flaw = (message: string) => complain("invalid_policy", `versioning: ${message}`);
  const names = versioning?.supported.map(({ name }) => name) ?? [];
  for (const [id, { policy }] of Object.entries(operations))
    if (policy.since !== undefined && !names.includes(policy.since))
      complain("invalid_policy", `${id}: since names no version: "${policy.since}".`);
  if (versioning === undefined) return;
  const { strategy, name, current, supported } = versioning;
  if (!["path", "header", "mediaType", "query"].includes(strategy)) flaw(`there is no strategy "${strategy}".`);
  if ((strategy === "header" || strategy === "query") && (name ?? "") === "") flaw("name is missing.");
  if (!names.includes(current)) flaw(`the current version "${current}" is not supported.`);
  if (new Set(names).size < names.length) flaw("a version stands twice.");
  for (const one of names) if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(one)) flaw(`"${one}" is no version.`);
  for (const { deprecatedAt, sunset } of supported)
    for (const date of [deprecatedAt, sunset])
      if (date !== undefined && Number.isNaN(Date.parse(date))) flaw(`"${date}" is no date.`);
}

/** Where the version stands in the path, the base path is that of the current one. */
export function checkVersionPlace(
  { versioning }: Pick<ApiPolicy, "versioning">,
  basePath: string,
  complain: Complain,
): void {
  if (versioning?.strategy !== "path") return;
  const { current } = versioning;
  if (basePath.split("/").filter((segment) => segment === current).length === 1) return;
  const message = `The base path "${basePath}" does not have "${current}" as one of its segments: the version stands there.`;
  complain("invalid_option", message);
}
