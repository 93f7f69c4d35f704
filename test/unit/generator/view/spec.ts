import type { Operation } from "../../../../generator/model/api.js";
import type { Spec, SpecObject, SpecValue } from "../../../../generator/model/spec.js";

const at = { file: "spec.yaml", line: 1, column: 1, endLine: 1, endColumn: 1 };

/** A spec from the object that a file would hold. */
export function specOf(root: object): Spec {
  const tree = root as SpecObject;
  return {
    root: tree,
    dialect: "3.1",
    file: "spec.yaml",
    digest: "",
    files: [],
    at: () => at,
    text: () => undefined,
    resolve: (node) => resolve(tree, node, undefined, []),
  };
}

function resolve(
  root: SpecObject,
  node: SpecValue | undefined,
  pointer: string | undefined,
  passed: readonly SpecObject[],
): ReturnType<Spec["resolve"]> {
  const ref = typeof node === "object" && node !== null && !Array.isArray(node) ? (node as SpecObject).$ref : undefined;
  if (typeof ref !== "string") return { node, pointer, passed };
  let target: SpecValue | undefined = root;
  for (const token of ref.slice(2).split("/")) {
    target = (target as SpecObject)[token.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return resolve(root, target, ref, [...passed, node as SpecObject]);
}

/** The operations of a spec, each with method and path for its key. */
export function operationsOf(root: object): readonly Operation[] {
  const paths = ((root as SpecObject).paths ?? {}) as Record<string, SpecObject>;
  return Object.entries(paths).flatMap(([path, item]) => {
    const { additionalOperations = {}, ...methods } = item;
    const names = [
      ...Object.keys(methods).map((method) => method.toUpperCase()),
      ...Object.keys(additionalOperations as object),
    ];
    return names.map((method) => ({ method, path, key: `${method} ${path}` }) as Operation);
  });
}
