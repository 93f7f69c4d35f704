/** Which fact of the principal an object's owner field must equal. */
export type OwnerFact = "id" | "subject" | "tenant" | "client";

/** Where an id stands in the request: a parameter, or a pointer into the body in which `*` is every item of a list. */
export type IdPlace = `path:${string}` | `query:${string}` | `header:${string}` | `body:/${string}`;

/** Whose an object is. */
export type Ownership =
  | {
      readonly kind: "owner";
      /** The property of the object that names its owner. */
      readonly field: string;
      readonly equals: OwnerFact;
    }
  | {
      readonly kind: "tenant";
      /** The property of the object that names its tenant. */
      readonly field: string;
    }
  | {
      readonly kind: "custom";
      /** The name of the function in `rules`. */
      readonly rule: string;
    };

/** What a call is about: one object, or several, that are loaded before the handler runs. */
export interface NamedObjects {
  readonly id: IdPlace;
  /** Whether `id` is a list of ids. Then every one of them must pass. */
  readonly many: boolean;
  /** What another's object answers. 404 is byte for byte what a missing object answers. */
  readonly deny: 403 | 404;
}

/** What a call answers: a list of objects. */
export interface ListedObjects {
  /** `filter`: the handler is given the scope to ask for. `assert`: every item that it answers is checked before it leaves. */
  readonly list: "filter" | "assert";
  /** Where the list stands in the body of a successful response (RFC 6901). */
  readonly items: string;
}

/** An object-level rule (OWASP API1): only whose the object is may go on. */
export type ObjectRule = Ownership &
  (NamedObjects | ListedObjects) & {
    /** The kind of object: the name of its loader in `objects`. */
    readonly type: string;
    /** Roles that may act on everybody's objects. */
    readonly unless: readonly string[];
  };

type Named = Pick<NamedObjects, "id"> & Partial<Omit<NamedObjects, "id">>;
type Listed = Pick<ListedObjects, "list"> & Partial<Pick<ListedObjects, "items">>;
/** Where the objects are, and who is excepted; what is left out is the strict default. */
type Target = (Named | Listed) & { readonly unless?: readonly string[] };

/** Only the owner of the object may go on. */
/* @__NO_SIDE_EFFECTS__ */
export function owner(
  type: string,
  rule: Target & { readonly field: string; readonly equals?: OwnerFact },
): ObjectRule {
  return { kind: "owner", type, equals: "id", unless: [], ...targetOf(rule), ...rule };
}

/** Only callers of the object's tenant may go on. */
/* @__NO_SIDE_EFFECTS__ */
export function tenant(type: string, rule: Target & { readonly field: string }): ObjectRule {
  return { kind: "tenant", type, unless: [], ...targetOf(rule), ...rule };
}

/** Only whom a function of `rules` lets may go on. */
/* @__NO_SIDE_EFFECTS__ */
export function custom(type: string, rule: Target & { readonly rule: string }): ObjectRule {
  return { kind: "custom", type, unless: [], ...targetOf(rule), ...rule };
}

function targetOf(rule: Target): NamedObjects | ListedObjects {
  return "list" in rule ? { items: "", ...rule } : { many: false, deny: 404, ...rule };
}
