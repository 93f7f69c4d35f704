/** Which fact of the principal an object's owner field must equal. */
export type OwnerFact = "id" | "subject" | "tenant" | "client";

/** An object-level rule (OWASP API1): the object is loaded before the handler runs, and only its owner may go on. */
export interface ObjectRule {
  readonly kind: "owner";
  /** The name of the loader in `objects`. */
  readonly type: string;
  /** Where the object's id stands in the request. */
  readonly id: `path:${string}` | `query:${string}` | `header:${string}`;
  /** The property of the loaded object that names its owner. */
  readonly field: string;
  readonly equals: OwnerFact;
  /** Roles that may act on everybody's objects. */
  readonly unless: readonly string[];
  /** What another's object answers. 404 is byte for byte what a missing object answers. */
  readonly deny: 403 | 404;
}

/** Only the owner of the object may go on. */
/* @__NO_SIDE_EFFECTS__ */
export function owner(
  type: string,
  rule: Pick<ObjectRule, "id" | "field"> & Partial<Pick<ObjectRule, "equals" | "unless" | "deny">>,
): ObjectRule {
  return { kind: "owner", type, equals: "id", unless: [], deny: 404, ...rule };
}
