import type { HeldWire } from "./held.js";

/**
 * What a parameter's text stands for. A parameter is text on the wire; this says what it is read as before it is validated.
 * `["integer"]` is a list, `{ city: "string" }` an object, `"json"` a value of a JSON-encoded parameter (`content`). The key `*` of
 * an object stands for every name that it does not list. A list or an object inside another is JSON, but for `deepObject`. Of `"int64"` and
 * `"exactJson"` no digit is lost.
 */
export type Kind =
  | "string"
  | "integer"
  | "int64"
  | "number"
  | "boolean"
  | "json"
  | "exactJson"
  | readonly Kind[]
  | { readonly [name: string]: Kind };

/** One parameter (OpenAPI 3.2, 4.12). Defaults are OpenAPI's: `simple` in path and header, `form` in query and cookie. */
export interface Field {
  /** Its name on the wire, spelt as the spec spells it. */
  readonly name: string;
  /** Its name in the flat input of client and tRPC, where that differs. */
  readonly key?: string;
  /** `string` where absent. */
  readonly kind?: Kind;
  readonly style?:
    | "matrix"
    | "label"
    | "simple"
    | "form"
    | "spaceDelimited"
    | "pipeDelimited"
    | "deepObject"
    | "cookie";
  readonly explode?: boolean;
  readonly allowReserved?: boolean;
  /** An empty text stands for a parameter that is left out. */
  readonly allowEmptyValue?: boolean;
  /** The text is a urlencoded form of these (`content` of `application/x-www-form-urlencoded`). */
  readonly form?: readonly Field[];
  /** The parameter is the query as a whole (OpenAPI 3.2, `in: querystring`). */
  readonly whole?: boolean;
}

/** One part of a multipart body (OpenAPI 3.2, 4.15; RFC 7578). */
export interface Part {
  readonly name: string;
  /** What its text stands for; a list comes in as many parts as it has items. */
  readonly kind?: Kind;
  /** Where it is written as a parameter in a query would be, in one part or several, and nothing is percent-encoded. */
  readonly style?: "form" | "spaceDelimited" | "pipeDelimited" | "deepObject";
  readonly explode?: boolean;
  /** The part is a file, and a stream; the media types that it may have, where the spec says. */
  readonly file?: readonly string[];
  /** Of a file: whether it may come more than once. */
  readonly many?: boolean;
  /** Of a file: whether it must come. */
  readonly required?: boolean;
}

/** A part without a name (OpenAPI 3.2, 4.15.1.4). */
export interface ListPart {
  /** What its text stands for. */
  readonly kind?: Kind;
  /** It is octets, and no text; the media types that it may have, where the spec says. */
  readonly octets?: readonly string[];
}

/** The parts of a multipart body that have no names: what they are follows from their place. */
export interface PartList {
  readonly prefix?: readonly ListPart[];
  /** What comes behind the prefix; nothing where absent. */
  readonly rest?: ListPart;
  /** They are taken one by one, as they come. */
  readonly stream?: true;
}

/** The parts of multipart bodies, by media type. */
export type Parts = Readonly<Record<string, readonly Part[] | PartList>>;

/** The request body: the media types it may have, the preferred one first. */
export interface BodyWire {
  readonly media: readonly string[];
  readonly required: boolean;
  /** The fields of an `application/x-www-form-urlencoded` body; all are strings where absent. */
  readonly form?: readonly Field[];
  /** The parts of multipart bodies. */
  readonly parts?: Parts;
  /** What the data of `text/event-stream` is, where it is not a text: the JSON in an event, or the item itself. */
  readonly data?: "event" | "item";
  /** No digit of an integer is lost. */
  readonly exact?: boolean;
  /** Its name in the flat input of client and tRPC; `body` where absent. */
  readonly key?: string;
}

/** What a success answers, where it is not JSON alone. */
export interface OutputWire {
  /** The media types of all successes, the preferred one first. */
  readonly media: readonly string[];
  /** As of a request body. */
  readonly data?: "event" | "item";
  /** As of a request body. */
  readonly exact?: boolean;
}

/** How the input of one operation is written into a request. Client and server both read it: what one encodes the other decodes. */
export interface Wire {
  readonly path?: readonly Field[];
  readonly query?: readonly Field[];
  readonly header?: readonly Field[];
  readonly cookie?: readonly Field[];
  readonly body?: BodyWire;
  readonly output?: OutputWire;
  /** The parts of multipart responses, by status. */
  readonly parts?: Readonly<Record<string, Parts>>;
  /** The header fields of responses, by status. */
  readonly headers?: Readonly<Record<string, readonly Field[]>>;
  /** Values that code holds as something else than they are on the wire. */
  readonly held?: HeldWire;
}

/** A file to be sent as a part of a multipart body. */
export type Upload =
  | Blob
  | Uint8Array
  | ReadableStream<Uint8Array>
  | {
      readonly content: Blob | Uint8Array | ReadableStream<Uint8Array>;
      readonly filename?: string;
      /** Its media type. */
      readonly type?: string;
      /** Further header fields of the part. */
      readonly headers?: Readonly<Record<string, string>>;
    };
