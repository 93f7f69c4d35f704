import type { SourceSpan } from "../code/diagnostic.js";
import type { HeldAs } from "./held.js";
import type { RoleRule, UrlRule } from "./security.js";

/** A JSON value, as `const`, `enum` and `default` hold it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Which values a type allows at all. `octets` is no type of JSON: it is what a part without a name is that is neither text nor JSON. */
export type JsonType = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object" | "octets";

export type Sensitivity = "public" | "internal" | "pii" | "secret";
export type MaskStyle = "last4" | "hash" | "drop" | "full";

/**
 * One schema, all its assertions kept. It says what JSON Schema 2020-12 says, normalised: dialects are lifted, `nullable` and
 * boolean `exclusiveMinimum` are gone, `$ref` is a name. `true` and `false` are `any` and `never`.
 */
export type Schema =
  | { readonly kind: "any" }
  | { readonly kind: "never" }
  /** A component schema, by its settled name; `siblings` are assertions beside the `$ref` (3.1), all of which hold too. */
  | { readonly kind: "ref"; readonly name: string; readonly siblings?: Assertions }
  | { readonly kind: "assertions"; readonly assertions: Assertions };

/** The assertions of one schema object; all of them hold. Absent: not asserted. */
export interface Assertions {
  readonly types?: readonly JsonType[];
  readonly const?: { readonly value: Json };
  readonly enum?: readonly Json[];
  readonly string?: StringRule;
  readonly number?: NumberRule;
  readonly array?: ArrayRule;
  readonly object?: ObjectSchema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly conditional?: { readonly if: Schema; readonly then?: Schema; readonly else?: Schema };
  readonly default?: { readonly value: Json };
  readonly note: SchemaNote;
}

/** What is said about a schema beside its assertions. */
export interface SchemaNote {
  readonly title?: string;
  readonly description?: string;
  readonly deprecated: boolean;
  readonly readOnly: boolean;
  readonly writeOnly: boolean;
  readonly sensitivity: Sensitivity;
  readonly mask?: MaskStyle;
  /** Who sees the value. */
  readonly read?: RoleRule;
  /** Who may send it. */
  readonly write?: RoleRule;
  /** It may be set when an object is made, and never after. */
  readonly immutable?: true;
  readonly onWrite?: "reject" | "ignore";
  /** Which URLs it may be. */
  readonly url?: UrlRule;
}

export interface StringRule {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  /** What code holds the text as; absent: as a text. */
  readonly held?: HeldAs;
}

export interface NumberRule {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly format?: string;
  /** What code holds the number as; absent: as a number. */
  readonly held?: HeldAs;
}

export interface ArrayRule {
  readonly prefixItems?: readonly Schema[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems: boolean;
  readonly contains?: { readonly schema: Schema; readonly min: number; readonly max?: number };
  readonly unevaluatedItems?: Schema;
}

export interface ObjectSchema {
  readonly properties: readonly Property[];
  /** Required names that may or may not be among `properties`. */
  readonly required: readonly string[];
  /** Absent: not said. */
  readonly additional?: Schema;
  readonly patterns: readonly { readonly pattern: string; readonly schema: Schema }[];
  readonly names?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly dependentRequired: readonly { readonly property: string; readonly required: readonly string[] }[];
  readonly dependentSchemas: readonly { readonly property: string; readonly schema: Schema }[];
  readonly unevaluated?: Schema;
}

export interface Property {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** A component schema. */
export interface NamedSchema {
  /** Its key under `components.schemas`: what types.ts indexes by. A lifted schema has its pointer (`#/…`). */
  readonly key: string;
  /** False for a schema that stands elsewhere and had to be named because it contains itself. */
  readonly inComponents: boolean;
  /** Its settled identifier in emitted code: what a `ref` names. */
  readonly name: string;
  readonly schema: Schema;
  /** On a cycle of references. */
  readonly recursive: boolean;
  /** Where it is reached from; both false when no operation uses it. */
  readonly inRequests: boolean;
  readonly inResponses: boolean;
  readonly at: SourceSpan;
}
