/** Who may call one operation, as plain data. */
export interface OperationCase {
  readonly method: string;
  /** The path template, from the base URL on. */
  readonly path: string;
  /** The alternatives that let a caller in, each a list of schemes that must all be there. None at all: the operation is public. */
  readonly via: readonly (readonly string[])[];
  /** Whether a caller without any credential is let in. */
  readonly anonymous: boolean;
  /** Roles that may call; `none` is a caller without a role. */
  readonly may: readonly string[];
  readonly mayNot: readonly string[];
  /** Whether the caller must have authenticated strongly, or of late (RFC 9470). */
  readonly stepUp?: true;
  /** The object in the path that must be the caller's own. */
  readonly object?: ObjectCase;
  /** Whether a body is sent, and as what. */
  readonly body?: { readonly media: string; readonly required: boolean };
}

/** An object rule, as a stranger to the object meets it. */
export interface ObjectCase {
  readonly type: string;
  /** The path parameter that is its id. */
  readonly parameter: string;
  /** Roles that may act on everybody's. */
  readonly unless: readonly string[];
  readonly deny: 403 | 404;
}

/** What a made-up credential of a scheme looks like. */
export interface SchemeCase {
  readonly bad: Readonly<Record<string, string>>;
  /** Whether browsers send it by themselves, so that another site can have it sent. */
  readonly cookie?: true;
}

/** Who may call what: every operation by every kind of caller. Generated `security.test.ts` holds it. */
export interface SecurityMatrix {
  readonly roles: readonly string[];
  readonly schemes: Readonly<Record<string, SchemeCase>>;
  readonly operations: Readonly<Record<string, OperationCase>>;
}

/** Header fields that carry a credential. */
export type Headers = Readonly<Record<string, string>>;

/** What only the user knows: where the server runs, who may hold which role, and what belongs to somebody else. */
export interface SecuritySetup {
  /** Of the running server, with the base path of its operations. */
  readonly baseUrl: string;
  /**
   * Credentials by role and scheme, with every scope that a test needs. `none` is a caller without a role. Each role is one caller; what
   * is missing fails a test of its own, which says so.
   */
  readonly credentials: Readonly<Record<string, Readonly<Record<string, Headers>>>>;
  /** By type of object: the id of one that belongs to none of those callers. */
  readonly foreign?: Readonly<Record<string, string>>;
  /** Values of path parameters that are no ids of objects, where a made-up one would not do. */
  readonly path?: Readonly<Record<string, string>>;
  /** Valid bodies by operation, for those that look at the body before the object. */
  readonly bodies?: Readonly<Record<string, unknown>>;
  /** Operations that are left alone, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Sends requests; the global `fetch` where absent. */
  readonly fetch?: typeof fetch;
  /** Called when all is done. */
  readonly close?: () => void | Promise<void>;
}
