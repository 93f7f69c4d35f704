import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { lower } from "../../../../generator/lower/lower.js";
import type { Spec, SpecObject, SpecValue } from "../../../../generator/model/spec.js";
import { settle } from "../../../../generator/settle/settle.js";

/** JSON without positions: reading 13 MB with positions is the loader's job. */
function githubSpec(): Spec {
  const root = JSON.parse(
    readFileSync("node_modules/@octokit/openapi/generated/api.github.com.json", "utf8"),
  ) as SpecObject;
  const at = { file: "api.github.com.json", line: 1, column: 1, endLine: 1, endColumn: 1 };
  const follow = (reference: string) =>
    reference
      .slice(2)
      .split("/")
      .reduce<SpecValue | undefined>(
        (node, token) => (node as SpecObject)[token.replaceAll("~1", "/").replaceAll("~0", "~")],
        root,
      );
  const resolve: Spec["resolve"] = (node) => {
    const reference = (node as SpecObject | undefined)?.$ref;
    if (typeof reference !== "string") return { node, pointer: undefined, passed: [] };
    const { passed, ...rest } = resolve(follow(reference));
    return { ...rest, passed: [node as SpecObject, ...passed] };
  };
  return { root, dialect: "3.0", file: at.file, digest: "", files: [], resolve, at: () => at, text: () => undefined };
}

it("GitHub's description lowers and settles, every name its own", () => {
  const spec = githubSpec();
  const api = settle(lower(spec, { clientOnly: true }));
  expect(api.operations.length).toBeGreaterThan(1000);
  expect(api.operations.find((one) => one.key === "repos/list-for-user")).toMatchObject({
    id: "reposListForUser",
    group: "repos",
  });
  expect(new Set(api.operations.map((one) => one.id.toLowerCase())).size).toBe(api.operations.length);
  const consts = [...api.operations.map((one) => one.id), ...api.schemas.map((one) => one.name)];
  expect(new Set(consts).size).toBe(consts.length);
  expect(api.schemas.find((one) => one.key === "simple-user")).toMatchObject({ name: "SimpleUser", inResponses: true });
});
