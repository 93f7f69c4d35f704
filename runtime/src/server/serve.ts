import type { Reply } from "../http/exchange.js";
import { withHeartbeat } from "../http/heartbeat.js";
import { jsonText } from "../http/json-text.js";
import { isIterable } from "../http/streams.js";
import { Refusal } from "../problem/refusal.js";
import { internal, notFound } from "../problem/refusals.js";
import type { Ground } from "./blueprint.js";
import { climb } from "./climb.js";
import { close, closing, type Ending } from "./closing.js";
import { conclude, report, withHeaders } from "./conclude.js";
import type { Api, HandlerReply } from "./contract.js";
import { notCrossOrigin, preflighted } from "./cors.js";
import { type Destined, destinationOf, placeAt, route } from "./guards/route.js";
import type { PageAnswers } from "./overload.js";
import type { Program } from "./program.js";
import { append, bareFailure, type Content, encode, encodeProblem, toReply } from "./reply.js";
import type { Router } from "./router.js";
import { CallRecord, type Received } from "./states.js";
import type { Watching } from "./watch.js";

/** Serves compiled operations.
 * @param watching `undefined` where nobody watches: then this is all that it costs.
 */
export function serve(
  router: Router<Destined<Program>>,
  ground: Ground,
  watching?: Watching,
): Pick<Api, "handle" | "invoke"> {
  const programs = new Map<string, Destined<Program>>();
  for (const destined of router.all()) programs.set(destined.operation.id, destined);
  const respond = (received: Received) => {
    const allowance = preflight(received, router, ground);
    if (allowance !== undefined) return allowance;
    const found = route(received, router, ground.bases);
    if (found === undefined) return ground.resource.answer(received.exchange, received.requestId);
    return found instanceof Refusal ? refused(received, found) : answer(found.call, found.steps, ground);
  };
  return {
    handle: (request) => {
      const received = receive(request, ground);
      return watching === undefined ? respond(received) : watching.http(received, respond);
    },
    invoke: async (id, request, input) => {
      const destined = programs.get(id);
      if (destined === undefined) return notFound();
      const run = (received: Received) => invoked(received, destined, input, ground);
      const received = receive(request, ground);
      if (watching === undefined) return (await run(received)).reply;
      return (await watching.flat(received, run, ({ ending }) => ending())).reply;
    },
  };
}

/**
 * What a server that sends callers away still says to pages of other origins: without it they could not read that they may come again (Fetch
 * Standard, 3.3.5). No guard and no handler has a part in it.
 */
export function pageAnswersOf(router: Router<Destined<Program>>, ground: Ground): PageAnswers {
  const received = (exchange: Received["exchange"]): Received => ({
    exchange,
    requestId: ground.requestId(exchange),
    at: ground.now(),
    sighting: undefined,
  });
  return {
    preflight: (exchange) => preflight(received(exchange), router, ground),
    headers: (exchange) => {
      const place = placeAt({ exchange }, router, ground.bases);
      const destination = place === undefined ? undefined : destinationOf(place, exchange.method);
      return destination?.data.steps.cors?.headers(exchange) ?? [];
    },
  };
}

function receive(request: Received["exchange"], ground: Ground): Received {
  const exchange = ground.unproxy === undefined ? request : ground.unproxy(request);
  return { exchange, requestId: ground.requestId(exchange), at: ground.now(), sighting: undefined };
}

/** A call whose input came in already decoded. */
async function invoked(
  { exchange, requestId, at, sighting }: Received,
  { operation, steps }: Destined<Program>,
  input: unknown,
  ground: Ground,
): Promise<{ readonly reply: HandlerReply | Refusal; readonly ending: () => Ending }> {
  const call = new CallRecord(exchange, requestId, at, sighting, operation, {}, "", input ?? {});
  if (sighting !== undefined) sighting.call = call;
  const refusal = await climb(call, steps.flat);
  const outcome = await conclude(call, steps, refusal, ground, () => call, itself);
  const courtesy = steps.courtesy();
  const ending = () => endingOf(call, outcome);
  if (call.closers.length > 0) close(call, ending());
  if (!(outcome instanceof Refusal)) return { reply: toHandlerReply(call, courtesy), ending };
  if (sighting !== undefined) sighting.refusal = outcome;
  return { reply: withHeaders(outcome, courtesy), ending };
}

/** Answers a preflight; `undefined` where it is none, or where no page of another origin may do anything. */
function preflight(received: Received, router: Router<Destined<Program>>, ground: Ground): Reply | undefined {
  const method = preflighted(received.exchange);
  const place = method === undefined ? undefined : placeAt(received, router, ground.bases);
  if (method === undefined || place === undefined) return undefined;
  const policies = [...place.methods.values()].flatMap(({ data }) => data.steps.cors ?? []);
  if (policies.length === 0) return undefined;
  const asked = destinationOf(place, method)?.data.steps.cors;
  const answer = asked === undefined ? notCrossOrigin() : asked.preflight(received.exchange);
  if (answer instanceof Refusal) return refused(received, answer);
  return toReply(received, 204, { type: undefined, body: undefined }, answer);
}

/** A reply, whatever happens. It comes at once where no guard, handler or sink had to be waited for. */
function answer(call: CallRecord, program: Program, ground: Ground): Reply | Promise<Reply> {
  try {
    const climbed = climb(call, program.http);
    const reply =
      climbed instanceof Promise
        ? climbed.then((refusal) => conclude(call, program, refusal, ground, write, written))
        : conclude(call, program, climbed, ground, write, written);
    // What is waited for is the audit line alone, in most calls; and what follows it has no more promise to fail in.
    const isSafe = !(reply instanceof Promise) || (!(climbed instanceof Promise) && call.keep === undefined);
    return isSafe ? reply : reply.catch((thrown) => failed(thrown, call, program, ground));
  } catch (thrown) {
    return failed(thrown, call, program, ground);
  }
}

function failed(thrown: unknown, call: CallRecord, program: Program, ground: Ground): Reply {
  const refusal = internal(thrown);
  report(ground, refusal, call, call.operation.id);
  if (call.sighting !== undefined) call.sighting.refusal = refusal;
  return closing(bareFailure(call.exchange, program.cors?.headers(call.exchange)), call);
}

function itself<T>(one: T): T {
  return one;
}

function write(call: CallRecord, ground: Ground): Content {
  const content = encode(call.projection, call.operation.wire.output?.data);
  // What fails when the answer has begun can only break it off; the log says why.
  if (!isIterable(content.body)) return content;
  const tell = (thrown: unknown) => report(ground, internal(thrown), call, call.operation.id);
  const body = reporting(content.body, tell);
  const { heartbeat } = ground;
  const isSilent = call.projection.codec !== "events" || heartbeat === undefined;
  return { ...content, body: isSilent ? body : withHeartbeat(body, heartbeat) };
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

/** It never throws: what fails here is a failure like any other. */
function written(outcome: Content | Refusal, call: CallRecord, program: Program, ground: Ground): Reply {
  try {
    return replyOf(outcome, call, program);
  } catch (thrown) {
    return failed(thrown, call, program, ground);
  }
}

function replyOf(outcome: Content | Refusal, call: CallRecord, program: Program): Reply {
  const { status, headers } = call.projection;
  const reply = outcome instanceof Refusal ? refused(call, outcome) : toReply(call, status, outcome, headers);
  for (const fieldsOf of program.fields) append(reply.headers, fieldsOf(call, outcome));
  return call.closers.length === 0 ? reply : closing(reply, call);
}

function refused(received: Received, refusal: Refusal): Reply {
  if (received.sighting !== undefined) received.sighting.refusal = refusal;
  const content = encodeProblem(refusal, received.requestId);
  return toReply(received, refusal.status, content, refusal.headers);
}

/** Of a call that was never encoded: what it would weigh as JSON. */
function endingOf({ projection }: CallRecord, outcome: Refusal | CallRecord): Ending {
  if (outcome instanceof Refusal) return { status: outcome.status, octets: 0 };
  const text = jsonText(projection.value);
  return { status: projection.status, octets: text === undefined ? 0 : Buffer.byteLength(text) };
}

function toHandlerReply({ projection }: CallRecord, courtesy: readonly string[]): HandlerReply {
  const { status, value } = projection;
  const headers = [...projection.headers, ...courtesy];
  const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? ""] as const] : []));
  return { status, headers: Object.fromEntries(pairs), ...(value === undefined ? {} : { body: value }) };
}
