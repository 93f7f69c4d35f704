import type { SourceSpan } from "../code/diagnostic.js";
import type { Pagination } from "./pagination.js";
import type { NamedSchema, Schema } from "./schema.js";
import type {
  Access,
  ApiBounds,
  Audit,
  Cors,
  Idempotency,
  Lifecycle,
  Limit,
  LimitUse,
  MaskedPart,
  ObjectRule,
  Pace,
  ReadRule,
  Retries,
  RoleRule,
  Scheme,
  Setting,
  SettingUse,
  StepUp,
  UrlUse,
  WriteRule,
} from "./security.js";
import type { Versioning } from "./versioning.js";

/** Everything the emitted files say, resolved: no `$ref` into the spec, nothing inherited, no alias, no dialect. Frozen by settle. */
export interface Api {
  readonly title: string;
  readonly version: string;
  readonly description: string | undefined;
  readonly servers: readonly Server[];
  /** By name, sorted. */
  readonly schemes: readonly Scheme[];
  readonly roles: readonly Role[];
  readonly limits: readonly Limit[];
  /** Those that some operation uses, sorted by name. */
  readonly cors: readonly Cors[];
  /** `undefined`: requests name no version. */
  readonly versioning: Versioning | undefined;
  readonly bounds: ApiBounds;
  readonly retries: Retries;
  /** Environment variables that the server needs, sorted by name. */
  readonly settings: readonly SettingUse[];
  /** Sorted by id. */
  readonly operations: readonly Operation[];
  /** Sorted by name. */
  readonly schemas: readonly NamedSchema[];
}

export interface Server {
  /** As the spec writes it, variables and all. */
  readonly url: string;
  readonly variables: readonly ServerVariable[];
  readonly description: string | undefined;
  readonly environment: string | undefined;
  readonly tls: ServerTls | undefined;
  /** Addresses and ranges of the proxies before it. */
  readonly trustedProxies: readonly string[];
  /** The header in which they say who called, where the spec says. */
  readonly forwarded: "x-forwarded-for" | "forwarded" | undefined;
}

/** How clients judge the TLS of a server. */
export interface ServerTls {
  readonly pins: readonly string[] | undefined;
  /** RFC 3339. */
  readonly pinsExpire: string | undefined;
  readonly onExpire: "warn" | "fail" | undefined;
  readonly minVersion: "TLSv1.2" | "TLSv1.3" | undefined;
  readonly ca: Setting | undefined;
}

/** A variable of a server's URL (OpenAPI 4.8.6). */
export interface ServerVariable {
  readonly name: string;
  readonly default: string;
  /** What it may be; `undefined`: any text that does not change what is around it. */
  readonly enum: readonly string[] | undefined;
}

export interface Role {
  readonly name: string;
  readonly inherits: readonly string[];
}

/** Uppercase for the fixed methods; as written in the spec for 3.2's `additionalOperations`. */
export type Method = string;

export interface Operation {
  /** Settled: unique without regard to case, a legal identifier, no reserved word. */
  readonly id: string;
  /** As the spec writes it: what types.ts indexes by. The id where the spec has none. */
  readonly key: string;
  readonly method: Method;
  readonly path: string;
  /** The first tag, as an identifier; `default` without one. */
  readonly group: string;
  readonly summary: string | undefined;
  readonly description: string | undefined;
  readonly at: SourceSpan;
  readonly access: Access;
  readonly authz: RoleRule | undefined;
  readonly stepUp: StepUp | undefined;
  readonly object: ObjectRule | undefined;
  /** Sorted by pointer. */
  readonly read: readonly ReadRule[];
  /** Sorted by place and pointer. */
  readonly write: readonly WriteRule[];
  /** Sorted by place and pointer. */
  readonly urls: readonly UrlUse[];
  readonly limits: readonly LimitUse[];
  readonly pace: Pace;
  readonly idempotency: Idempotency | undefined;
  /** The API's unless the operation says otherwise. */
  readonly bounds: ApiBounds;
  /** The name of a policy of the API; `undefined`: none is sent. */
  readonly cors: string | undefined;
  readonly deprecated: boolean;
  readonly lifecycle: Lifecycle | undefined;
  /** The oldest version that has it; `undefined`: every one. */
  readonly since: string | undefined;
  readonly audit: Audit | undefined;
  /** Sorted by place and pointer. */
  readonly sensitive: readonly MaskedPart[];
  readonly retries: Retries;
  readonly timeout: string | undefined;
  readonly pagination: Pagination | undefined;
  readonly request: {
    readonly path: readonly Field[];
    readonly query: readonly Field[];
    readonly header: readonly Field[];
    readonly cookie: readonly Field[];
    readonly body: Body | undefined;
  };
  readonly responses: readonly ResponseCase[];
  /** Where it is called, where that is not at the API's servers; empty otherwise. */
  readonly servers: readonly Server[];
}

export type FieldPlace = "path" | "query" | "header" | "cookie";
export type FieldStyle =
  | "matrix"
  | "label"
  | "simple"
  | "form"
  | "spaceDelimited"
  | "pipeDelimited"
  | "deepObject"
  | "cookie";

/** A parameter. */
export interface Field {
  readonly name: string;
  /** Its settled name in the operation's flat input. */
  readonly key: string;
  readonly in: FieldPlace;
  readonly required: boolean;
  readonly description: string | undefined;
  readonly deprecated: boolean;
  readonly style: FieldStyle;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  readonly allowEmptyValue: boolean;
  /** What its text is: written in its style; or, where the parameter has `content`, JSON, a text as it stands, or a form. */
  readonly content: "styled" | "json" | "text" | "form";
  /** How the properties of a form are written. */
  readonly encoding: readonly Encoding[];
  /** The parameter is the query as a whole (OpenAPI 3.2, `in: querystring`). */
  readonly whole: boolean;
  readonly schema: Schema;
  readonly at: SourceSpan;
}

/** How one property of a form is written (OpenAPI 3.2, 4.15). What the spec does not say is absent. */
export interface Encoding {
  readonly property: string;
  /** Lower case, the preferred one first. */
  readonly contentType?: readonly string[];
  readonly style?: FieldStyle;
  readonly explode?: boolean;
  readonly allowReserved?: boolean;
}

/** A media type with the schema of its content. */
export interface Media {
  /** Lower case, without parameters. May be a range. */
  readonly type: string;
  /** As the spec spells it: what types.ts indexes by. Absent where several entries of the spec became this one. */
  readonly key?: string;
  /** Of one item, where the media type is one of items. */
  readonly schema: Schema;
  /** How the properties of a form are written. */
  readonly encoding: readonly Encoding[];
  /** Of a multipart body whose parts have no names: how they are encoded, by place. */
  readonly list?: PartList;
  /** What the data of server-sent events is, where it is not a text: the JSON in an event, or the item itself. */
  readonly data?: "event" | "item";
}

/** Parts without names (OpenAPI 3.2, 4.15.1.4): the schema is of all of them, or of one where they are taken as they come. */
export interface PartList {
  readonly stream: boolean;
  readonly prefix: readonly Encoding[];
  readonly rest?: Encoding;
}

export interface Body {
  readonly required: boolean;
  /** Its settled name in the operation's flat input. */
  readonly key: string;
  readonly description: string | undefined;
  /** In the order of the spec. */
  readonly media: readonly Media[];
}

export interface ResponseCase {
  /** `200`, `2XX` or `default`. */
  readonly status: string;
  readonly description: string | undefined;
  readonly media: readonly Media[];
  /** Header fields, those of the server's own left out. Sorted by name. */
  readonly headers: readonly Omit<Field, "key">[];
}
