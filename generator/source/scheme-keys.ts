import { existsSync } from "node:fs";
import path from "node:path";
import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecValue } from "../model/spec.js";
import { complaint } from "./complaint.js";
import { type Documents, type Resource, resolved } from "./documents.js";
import type { Reader } from "./read-file.js";

type Node = Record<string, SpecValue>;

interface Known {
  readonly reader: Reader;
  readonly documents: Documents;
  readonly faults: Diagnostic[];
  readonly root: Node;
  readonly dialect: Spec["dialect"];
}

/**
 * The keys of an object's `security` that are references to a scheme and no names of one (OpenAPI 3.2, 4.30). The name of a component
 * wins; a key that could be both, or a name that another document gives to another scheme, is a complaint: nobody should have to guess
 * who is let in.
 */
export function schemeKeys(run: Known, node: Node, around: Resource): readonly { holder: Node; key: string }[] {
  if (!Array.isArray(node.security)) return [];
  const requirements = node.security.filter((one): one is Node => isObject(one));
  return requirements.flatMap((holder) =>
    Object.keys(holder).flatMap((key) => {
      const fault = faultOf(run, key, around);
      if (fault !== undefined) {
        run.faults.push(complaint("SP250", ...fault, run.reader.positions.at(holder, key, "key")));
        return [];
      }
      const isReference = run.dialect === "3.2" && schemesOf(run.root)[key] === undefined && /[#/:.]/.test(key);
      return isReference ? [{ holder, key }] : [];
    }),
  );
}

function faultOf(run: Known, key: string, around: Resource): readonly [message: string, fix: string] | undefined {
  const mine = schemesOf(run.root)[key];
  if (mine === undefined) return undefined;
  const named = JSON.stringify(key);
  const theirs = around.document.value === run.root ? undefined : schemesOf(around.document.value)[key];
  if (theirs !== undefined && JSON.stringify(theirs) !== JSON.stringify(mine)) {
    const message = `The scheme ${named} is one thing in ${around.document.file.name}, and another in the entry`;
    return [message, "Give the two schemes different names, or let both documents say the same."];
  }
  if (run.dialect !== "3.2") return undefined;
  const uri = resolved(key, around.uri);
  const file = around.document.file.path;
  const isFile = !file.startsWith("https:") && existsSync(path.resolve(path.dirname(file), key));
  if (!isFile && (uri === undefined || run.documents.get(uri) === undefined)) return undefined;
  return [`${named} is the name of a scheme, and of a document`, "Rename the one or the other."];
}

function schemesOf(document: SpecValue | undefined): Node {
  const components = isObject(document) ? document.components : undefined;
  const schemes = isObject(components) ? components.securitySchemes : undefined;
  const own: Node = Object.create(null);
  return isObject(schemes) ? Object.assign(own, schemes) : own;
}

function isObject(value: SpecValue | undefined): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
