import type { Diagnostic } from "../code/diagnostic.js";
import type { Api, Body, Field, Operation } from "./api.js";
import type { NamedSchema } from "./schema.js";

/**
 * What lowering hands to settling: an `Api` that still speaks in the spec's own names. A `ref` names a component by its key, a
 * successor is an `operationId`, nothing is sorted or unique, and nobody knows yet what is recursive.
 */
export interface Draft extends Omit<Api, "operations" | "schemas"> {
  readonly operations: readonly DraftOperation[];
  readonly schemas: readonly DraftSchema[];
  /** What was noticed on the way and does not stop generation. */
  readonly warnings: readonly Diagnostic[];
}

export interface DraftOperation extends Omit<Operation, "id" | "key" | "group" | "request"> {
  readonly operationId: string | undefined;
  /** The first tag. */
  readonly tag: string | undefined;
  readonly request: {
    readonly path: readonly DraftField[];
    readonly query: readonly DraftField[];
    readonly header: readonly DraftField[];
    readonly cookie: readonly DraftField[];
    readonly body: DraftBody | undefined;
  };
}

export type DraftField = Omit<Field, "key">;
export type DraftBody = Omit<Body, "key">;
export type DraftSchema = Omit<NamedSchema, "name" | "recursive" | "inRequests" | "inResponses">;
