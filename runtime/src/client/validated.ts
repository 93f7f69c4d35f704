import { essenceOf } from "../http/codec.js";
import { matchMedia } from "../http/media.js";
import { ofStatus } from "../http/status.js";
import { isIterable, isStream } from "../http/streams.js";
import type { Incoming, Operation, ResponseCheck } from "./contract.js";
import { Failure } from "./failure.js";

/** What is wrong with an answer: a place, and what the spec wants there. Never the value. */
export interface ResponseIssue {
  /** A JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly detail: string;
}

/** The answer is a success, and not what the spec says. */
export class ResponseFailure extends Failure {
  readonly issues: readonly ResponseIssue[];

  constructor({ id }: Operation, { status, headers }: Incoming, issues: readonly ResponseIssue[]) {
    // A failure is logged: it has places, and no values, whatever these are.
    const places = issues.map(({ pointer, detail }) => (pointer === "" ? detail : pointer));
    super("response_invalid", `The answer of ${id} is not what the spec says: ${[...new Set(places)].join(", ")}`, {
      status,
      requestId: headers["x-request-id"],
    });
    this.operation = id;
    this.issues = issues;
  }
}

/** A schema of any library that keeps to Standard Schema 1. */
interface Checker {
  readonly "~standard": { readonly validate: (value: unknown) => Outcome | Promise<Outcome> };
}

type Outcome =
  | { readonly value: unknown; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** What generated `schemas.ts` has of an operation. */
interface Checked {
  readonly responses: Readonly<Record<string, Readonly<Record<string, Checker>>>>;
}

/**
 * Checks answers against the spec: `check: validated(schemas)` with generated `schemas.ts` as a whole, or
 * `check: validated({ getAccount: schemas.getAccount })` for the operations that are named. What an answer has and the spec has not is
 * left out, as on the server. Items are checked one by one as they come; octets are handed on. Whoever imports schemas has zod in the
 * bundle, and nobody else.
 */
export function validated(schemas: Readonly<Record<string, unknown>>): ResponseCheck {
  return (operation, incoming, value) => {
    const schema = Object.hasOwn(schemas, operation.id) ? schemas[operation.id] : undefined;
    if (!isChecked(schema)) return value;
    const refuse = (detail: string) => new ResponseFailure(operation, incoming, [{ pointer: "", detail }]);
    const media = ofStatus(schema.responses, incoming.status);
    if (media === undefined) throw refuse(`${incoming.status} is no answer of the spec`);
    const declared = Object.keys(media);
    if (value === undefined && declared.length === 0) return value;
    const type = essenceOf(incoming.headers["content-type"] ?? "");
    const checker = media[matchMedia(declared, type) ?? ""];
    if (checker === undefined) throw refuse(`${JSON.stringify(type)} is no content of the spec`);
    return checkedBy((one) => check(checker, one, operation, incoming), value);
  };
}

function isChecked(schema: unknown): schema is Checked {
  return typeof schema === "object" && schema !== null && Object.hasOwn(schema, "responses");
}

type Check = (value: unknown) => Promise<unknown>;

/** Octets say nothing; items are checked as they come; of fields and files, the fields. */
function checkedBy(check: Check, value: unknown): unknown {
  if (isStream(value)) return value;
  if (isIterable(value)) return each(check, value);
  if (typeof value === "object" && value !== null && "files" in value && "fields" in value && isIterable(value.files))
    return check(value.fields).then((fields) => ({ ...value, fields }));
  return check(value);
}

async function* each(check: Check, items: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
  for await (const item of items) yield await check(item);
}

async function check(checker: Checker, value: unknown, operation: Operation, incoming: Incoming): Promise<unknown> {
  const outcome = await checker["~standard"].validate(value);
  if (outcome.issues === undefined) return outcome.value;
  throw new ResponseFailure(
    operation,
    incoming,
    outcome.issues.slice(0, mostIssues).map(({ path = [], message }) => ({
      pointer: path.map((step) => `/${tokenOf(step)}`).join(""),
      detail: message.slice(0, longestDetail),
    })),
  );
}

/** More than anybody reads. */
const mostIssues = 100;
const longestDetail = 300;

function tokenOf(step: PropertyKey | { readonly key: PropertyKey }): string {
  const token = String(typeof step === "object" ? step.key : step).slice(0, longestDetail);
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}
