import type * as z from "zod";
import { operation } from "./operation.js";
import { root } from "./root.js";
import { schema } from "./schema.js";
import { scheme } from "./scheme.js";
import { server } from "./server.js";

/** Where an annotation may stand. */
export type Placement = "root" | "scheme" | "operation" | "schema" | "server";

/** The closed schema of each placement. */
export const placements: Readonly<Record<Placement, z.ZodType>> = { root, scheme, operation, schema, server };

/** One thing that is wrong with an annotation. */
export interface AnnotationFault {
  /** Keys from the annotation to the fault. */
  readonly path: readonly string[];
  readonly message: string;
  /** Set when the last key of the path is not one of the vocabulary's: the keys that are. */
  readonly allowed?: readonly string[];
}

/** What is wrong with an annotation; nothing when it is well said. */
export function readAnnotation(placement: Placement, value: unknown): readonly AnnotationFault[] {
  const schema = placements[placement];
  const read = schema.safeParse(plain(value));
  return read.success ? [] : read.error.issues.flatMap((issue) => faultsOf(schema, issue, []));
}

/** zod refuses objects without prototype in some places; annotations are small, so a copy is cheap. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function faultsOf(schema: z.ZodType, issue: z.core.$ZodIssue, before: readonly string[]): readonly AnnotationFault[] {
  const path = [...before, ...issue.path.map(String)];
  if (issue.code === "unrecognized_keys") {
    const allowed = keysAt(schema, path);
    return issue.keys.map((key) => ({ path: [...path, key], message: `Unknown key ${JSON.stringify(key)}`, allowed }));
  }
  if (issue.code === "invalid_union") {
    // One alternative got further than the others: what it complains of is what the author meant.
    const deepest = issue.errors.find((issues) =>
      issues.some((one) => one.path.length > 0 || one.code === "unrecognized_keys"),
    );
    if (deepest !== undefined) return deepest.flatMap((one) => faultsOf(schema, one, path));
  }
  const key = path.at(-1);
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => ({ path, message: `${key}: ${message}` }));
  return [{ path, message: key === undefined ? issue.message : `${key}: ${issue.message}` }];
}

/** The keys that an object of the vocabulary may have at a path. */
function keysAt(schema: z.ZodType, path: readonly string[]): readonly string[] {
  const [key, ...rest] = path;
  const bare = unwrap(schema);
  if (bare.def.type === "union") {
    return (bare.def as z.core.$ZodUnionDef).options.flatMap((one) => keysAt(one as z.ZodType, path));
  }
  if (bare.def.type === "array") return keysAt((bare.def as z.core.$ZodArrayDef).element as z.ZodType, rest);
  if (bare.def.type === "record") {
    return key === undefined ? [] : keysAt((bare.def as z.core.$ZodRecordDef).valueType as z.ZodType, rest);
  }
  if (bare.def.type !== "object") return [];
  const { shape } = bare.def as z.core.$ZodObjectDef;
  if (key === undefined) return Object.keys(shape);
  const child = shape[key];
  return child === undefined ? [] : keysAt(child as z.ZodType, rest);
}

function unwrap(schema: z.ZodType): z.ZodType {
  const { def } = schema;
  if (def.type === "optional") return unwrap((def as z.core.$ZodOptionalDef).innerType as z.ZodType);
  if (def.type === "lazy") return unwrap((def as z.core.$ZodLazyDef).getter() as z.ZodType);
  return schema;
}
