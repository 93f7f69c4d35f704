import type { Exchange, Reply } from "../http/exchange.js";
import { isIterable } from "../http/streams.js";
import { Refusal } from "../problem/refusal.js";
import { internal, notFound, unavailable } from "../problem/refusals.js";
import type { Blueprint, Ground } from "./blueprint.js";
import { challenges, type NamedVerifier, named } from "./challenges.js";
import type { Api, HandlerReply } from "./contract.js";
import { type CrossOrigin, compileCors, notCrossOrigin, preflighted } from "./cors.js";
import { compileFarewell } from "./farewell.js";
import { isThenable, type PlainStep } from "./guard.js";
import { type Destined, destinationOf, placeAt, route } from "./guards/route.js";
import { schemesOf } from "./needs.js";
import { flatOrder, httpOrder } from "./order.js";
import { quotaHeaders } from "./quota.js";
import { bareFailure, type Content, encode, encodeProblem, toReply } from "./reply.js";
import type { Router } from "./router.js";
import { CallRecord, type Matched, type Received } from "./states.js";
import { compileTrail, type Trail } from "./trail.js";

/** One operation, compiled. */
export interface Program {
  readonly http: readonly PlainStep[];
  readonly flat: readonly PlainStep[];
  readonly trail: Trail;
  readonly cors: CrossOrigin | undefined;
  readonly farewell: (call: Matched) => readonly string[];
  /** What a 401 of this operation carries when nothing more is known (RFC 9110, 15.5.2). */
  readonly challenge: (exchange: Exchange) => readonly string[];
  /** Header fields that the schemes of this operation add to every answer, flat. */
  readonly courtesy: () => readonly string[];
}

/** Compiles the guards of one operation into its flat lists of steps. */
export function compileProgram(operation: Blueprint, ground: Ground): Program {
  const { access, lifecycle } = operation.policy;
  const names = access.kind === "public" ? [...ground.verifiers.keys()] : schemesOf(access.anyOf);
  const schemes = named(names, ground);
  return {
    http: httpOrder.compile(operation, ground),
    flat: flatOrder.compile(operation, ground),
    trail: compileTrail(operation),
    cors: compileCors(operation, ground),
    farewell: compileFarewell(lifecycle, ground.basePath),
    challenge: (exchange) => challenges(schemes, new Map(), exchange, ground),
    courtesy: courtesyOf(schemes),
  };
}

/** RFC 9449, 8: one nonce. Of two schemes that have one each, the first is tried first. */
function courtesyOf(schemes: readonly NamedVerifier[]): () => readonly string[] {
  const [polite] = schemes.flatMap(({ verifier }) => verifier.headers ?? []);
  return polite ?? (() => []);
}

/** Serves compiled operations. */
export function serve(router: Router<Destined<Program>>, ground: Ground): Pick<Api, "handle" | "invoke"> {
  const programs = new Map<string, Destined<Program>>();
  for (const destined of router.all()) programs.set(destined.operation.id, destined);
  return {
    handle: (exchange) => {
      const received = receive(exchange, ground);
      const allowance = preflight(received, router, ground);
      if (allowance !== undefined) return allowance;
      const found = route(received, router, ground.basePath);
      if (found === undefined) return ground.resource.answer(exchange, received.requestId);
      if (found instanceof Refusal) return refused(received, found, []);
      return answer(found.call, found.steps, ground).catch((thrown: unknown) => {
        report(ground, internal(thrown), received, found.call.operation.id);
        return bareFailure(exchange, found.steps.cors?.headers(exchange));
      });
    },
    invoke: async (id, exchange, input) => {
      const destined = programs.get(id);
      if (destined === undefined) return notFound();
      const { requestId, at } = receive(exchange, ground);
      const call = new CallRecord(exchange, requestId, at, destined.operation, {}, "", input ?? {});
      const outcome = await conclude(call, destined.steps, await climb(call, destined.steps.flat), ground, () => call);
      const courtesy = destined.steps.courtesy();
      return outcome instanceof Refusal ? withHeaders(outcome, courtesy) : toHandlerReply(call, courtesy);
    },
  };
}

function receive(exchange: Exchange, ground: Ground): Received {
  // Our own id, always: one that the caller chose could be another's, and would stand in the log beside it.
  return { exchange, requestId: crypto.randomUUID(), at: ground.now() };
}

/** Answers a preflight; `undefined` where it is none, or where no page of another origin may do anything. */
function preflight(received: Received, router: Router<Destined<Program>>, ground: Ground): Reply | undefined {
  const method = preflighted(received.exchange);
  const place = method === undefined ? undefined : placeAt(received, router, ground.basePath);
  if (method === undefined || place === undefined) return undefined;
  const policies = [...place.methods.values()].flatMap(({ data }) => data.steps.cors ?? []);
  if (policies.length === 0) return undefined;
  const asked = destinationOf(place, method)?.data.steps.cors;
  const answer = asked === undefined ? notCrossOrigin() : asked.preflight(received.exchange);
  if (answer instanceof Refusal) return refused(received, answer, []);
  return toReply(received, 204, { type: undefined, body: undefined }, answer);
}

/** The one loop. A step hands on the very call it was given; whatever else it answers ends the call (R12). */
async function climb(call: CallRecord, steps: readonly PlainStep[]): Promise<Refusal | undefined> {
  try {
    for (const step of steps) {
      let outcome = step(call);
      if (isThenable(outcome)) outcome = await outcome;
      if (outcome === call) continue;
      // A refusal that looks like success would be taken for one.
      return outcome instanceof Refusal && outcome.status >= 400
        ? outcome
        : internal(new TypeError("A guard answered neither call nor refusal"));
    }
    return undefined;
  } catch (thrown) {
    return internal(thrown);
  }
}

async function answer(call: CallRecord, program: Program, ground: Ground): Promise<Reply> {
  const refusal = await climb(call, program.http);
  const outcome = await conclude(call, program, refusal, ground, () =>
    watched(encode(call.projection, call.operation.wire.output?.data), call, ground),
  );
  const crossOrigin = program.cors === undefined ? [] : program.cors.headers(call.exchange);
  const added = [...program.courtesy(), ...program.farewell(call), ...quotaHeadersOf(call, outcome), ...crossOrigin];
  if (outcome instanceof Refusal) return refused(call, outcome, added);
  return toReply(call, call.projection.status, outcome, [...call.projection.headers, ...added]);
}

/** Makes the last judgement: what cannot be written has failed, and so has what cannot be remembered. */
async function conclude<T>(
  call: CallRecord,
  program: Program,
  refusal: Refusal | undefined,
  ground: Ground,
  write: () => T,
): Promise<T | Refusal> {
  const written = refusal === undefined ? attempt(write) : challenged(refusal, program, call.exchange);
  const outcome = written instanceof Refusal ? written : undefined;
  const unseen = await remember(call, program, outcome, ground);
  const last = unseen ?? written;
  if (last instanceof Refusal) report(ground, last, call, call.operation.id);
  return last;
}

/** What fails when the answer has begun can only break it off; the log says why. */
function watched(content: Content, call: CallRecord, ground: Ground): Content {
  const { body } = content;
  if (!isIterable(body)) return content;
  return { ...content, body: reporting(body, (thrown) => report(ground, internal(thrown), call, call.operation.id)) };
}

async function* reporting(
  pieces: AsyncIterable<Uint8Array>,
  tell: (thrown: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* pieces;
  } catch (thrown) {
    tell(thrown);
    throw thrown;
  }
}

function attempt<T>(write: () => T): T | Refusal {
  try {
    return write();
  } catch (thrown) {
    return internal(thrown);
  }
}

/** RFC 9110, 15.5.2: every 401 has a challenge, one that a handler makes included. */
function challenged(refusal: Refusal, program: Program, exchange: Exchange): Refusal {
  if (refusal.status !== 401 || refusal.headers.some(isChallenge)) return refusal;
  const challenge = program.challenge(exchange);
  if (challenge.length === 0) return internal(new Error("A 401 was made where no scheme could let the caller in"));
  return withHeaders(refusal, challenge);
}

function withHeaders(refusal: Refusal, added: readonly string[]): Refusal {
  if (added.length === 0) return refusal;
  const { code, status, title, detail, errors, headers, cause, extensions } = refusal;
  return new Refusal(code, {
    status,
    title,
    headers: [...headers, ...added],
    cause,
    extensions,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  });
}

function isChallenge(text: string, at: number): boolean {
  return at % 2 === 0 && text.toLowerCase() === "www-authenticate";
}

async function remember(
  call: CallRecord,
  program: Program,
  refusal: Refusal | undefined,
  ground: Ground,
): Promise<Refusal | undefined> {
  try {
    const line = program.trail(call, refusal);
    const written = line === undefined ? undefined : ground.audit.write(line);
    if (isThenable(written)) await written;
    return undefined;
  } catch (thrown) {
    return unavailable(thrown);
  }
}

/** RFC drafts leave it open; we do not tell one caller how much another has left: principal counters never go with a 401 (R45). */
function quotaHeadersOf(call: CallRecord, outcome: Content | Refusal): readonly string[] {
  if (outcome instanceof Refusal && outcome.code === "rate_limited") return [];
  const denied = outcome instanceof Refusal && outcome.status === 401;
  return quotaHeaders(denied ? call.addressCounts : [...call.addressCounts, ...call.callerCounts]);
}

function refused(received: Received, refusal: Refusal, added: readonly string[]): Reply {
  const content = encodeProblem(refusal, received.requestId);
  return toReply(received, refusal.status, content, [...refusal.headers, ...added]);
}

function report(ground: Ground, refusal: Refusal, { requestId }: Received, operation: string): void {
  if (refusal.status < 500) return;
  try {
    ground.log.error({ requestId, operation, code: refusal.code, err: refusal.cause }, refusal.title);
  } catch {
    // A logger that fails must not turn a refusal into something else.
  }
}

function toHandlerReply({ projection }: CallRecord, courtesy: readonly string[]): HandlerReply {
  const { status, value } = projection;
  const headers = [...projection.headers, ...courtesy];
  const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? ""] as const] : []));
  return { status, headers: Object.fromEntries(pairs), ...(value === undefined ? {} : { body: value }) };
}
