import { decodeCookie, decodeHeader, decodePath, decodeQuery } from "../../http/fields.js";
import { hold } from "../../http/held.js";
import { isCrowded, textBounds } from "../../http/text-bounds.js";
import type { HeldWire } from "../../policy/index.js";
import type { ProblemDetail } from "../../problem/problem.js";
import { Refusal } from "../../problem/refusal.js";
import { badRequest } from "../../problem/refusals.js";
import { after } from "../climb.js";
import type { Guard } from "../guard.js";
import { compileBody } from "../read-body.js";
import { type Decoded, type Input, type Permitted, prove } from "../states.js";

/** Reads the parts of the request, each exactly once. What cannot be read in one way only is 400. */
export const decode: Guard<Permitted, Decoded> = {
  name: "decode",
  compile: ({ policy, wire, multipart }, ground) => {
    const { path = [], query = [], header = [], cookie = [] } = wire;
    const bounds = policy.bounds ?? ground.api.bounds;
    const { keys } = textBounds(bounds);
    const { held } = wire;
    const body = wire.body === undefined ? undefined : compileBody(wire.body, bounds, multipart, held?.body);
    return (call) => {
      if (call.query.length > keys && isCrowded(call.query, keys)) return crowded(keys);
      const { headers } = call.exchange;
      const read = {
        path: decodePath(path, call.captured),
        query: named(decodeQuery(query, call.query)),
        header: header.length === 0 ? undefined : decodeHeader(header, headers),
        cookie: cookie.length === 0 ? undefined : decodeCookie(cookie, headers),
      };
      const faults = faultsOf(read);
      if (faults !== undefined) return badRequest("A parameter cannot be read.", faults);
      const input = held === undefined ? inputOf(read) : heldInput(inputOf(read), held);
      if (body === undefined) return prove(call, "decoded", input);
      return after(body(call.exchange), (found) =>
        found instanceof Refusal ? found : prove(call, "decoded", { ...input, body: found.value, media: found.media }),
      );
    };
  },
};

function crowded(most: number): Refusal {
  return badRequest("A parameter cannot be read.", [
    { in: "query", pointer: "#", detail: `There are more than ${most} pairs.` },
  ]);
}

type Reading = { readonly value: Readonly<Record<string, unknown>> } | { readonly faults: readonly ProblemDetail[] };

type Readings = Readonly<Record<"path" | "query" | "header" | "cookie", Reading | undefined>>;

function faultsOf({ path, query, header, cookie }: Readings): readonly ProblemDetail[] | undefined {
  let faults: readonly ProblemDetail[] | undefined;
  for (const reading of [path, query, header, cookie])
    if (reading !== undefined && "faults" in reading) faults = [...(faults ?? []), ...reading.faults];
  return faults;
}

function inputOf({ path, query, header, cookie }: Readings): Input {
  return {
    path: keptOf(path),
    query: keptOf(query),
    header: keptOf(header),
    cookie: keptOf(cookie),
    body: undefined,
    media: undefined,
  };
}

/** Parameters as code holds them. */
function heldInput({ path, query, header, cookie, ...rest }: Input, held: HeldWire): Input {
  return {
    path: hold(path, held.path),
    query: hold(query, held.query),
    header: hold(header, held.header),
    cookie: hold(cookie, held.cookie),
    ...rest,
  };
}

function keptOf(reading: Reading | undefined): unknown {
  return reading !== undefined && "value" in reading ? reading.value : undefined;
}

/** The one name that validators look away from (R32). */
function named(reading: Reading): Reading {
  if ("faults" in reading || !Object.hasOwn(reading.value, "__proto__")) return reading;
  return { faults: [{ in: "query", pointer: "#", detail: "A name is not allowed." }] };
}
