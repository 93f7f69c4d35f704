import { codecOf, essenceOf } from "../../http/codec.js";
import { adopt } from "../../http/held.js";
import { adoptJson } from "../../http/json.js";
import { textBounds } from "../../http/text-bounds.js";
import type { BodyWire, Field, Wire } from "../../policy/index.js";
import type { ProblemDetail } from "../../problem/problem.js";
import { badRequest, invalidInput } from "../../problem/refusals.js";
import type { Guard } from "../guard.js";
import { type Decoded, type Permitted, prove } from "../states.js";

type Part = "path" | "query" | "header" | "cookie" | "body";

/** Where one key of the flat input belongs. */
interface Slot {
  readonly part: Part;
  readonly name: string;
}

/** Sorts the flat input of tRPC into the parts of a request. It stands where `decode` stands for HTTP. */
export const unflatten: Guard<Permitted, Decoded> = {
  name: "unflatten",
  compile: ({ policy, wire }, ground) => {
    const slots = slotsOf(wire);
    const bounds = textBounds(policy.bounds ?? ground.api.bounds);
    const media = wire.body === undefined ? undefined : flatMedia(wire.body);
    const octets = media !== undefined && codecOf(essenceOf(media)) === "octets";
    return (call) => {
      const flat = call.flat ?? {};
      if (typeof flat !== "object" || Array.isArray(flat)) return invalidInput([fault("body", "#", "Not an object.")]);
      const parts: Record<Part, Record<string, unknown>> = { path: {}, query: {}, header: {}, cookie: {}, body: {} };
      for (const [key, value] of Object.entries(flat)) {
        const slot = slots.get(key);
        if (slot === undefined) return invalidInput([fault("body", `#/${encodeURIComponent(key)}`, "Unknown key.")]);
        if (value === undefined) continue;
        const adopted = slot.part === "body" && octets ? { value } : adoptJson(value, bounds.depth, bounds);
        if ("fault" in adopted) return badRequest("The input cannot be read.", [fault(slot.part, "#", adopted.fault)]);
        parts[slot.part][slot.name] = adopted.value;
      }
      const { body } = parts.body;
      const { path, query, header, cookie } = parts;
      if (wire.body?.required === true && body === undefined) return invalidInput([fault("body", "#", "Required.")]);
      const { held } = wire;
      return prove(call, "decoded", {
        path: adopt(path, held?.path),
        query: adopt(query, held?.query),
        header: adopt(header, held?.header),
        cookie: adopt(cookie, held?.cookie),
        body: adopt(body, media === undefined ? undefined : held?.body?.[media]),
        media: body === undefined ? undefined : media,
      });
    };
  },
};

function slotsOf(wire: Wire): ReadonlyMap<string, Slot> {
  const of = (part: Part, fields: readonly Field[] = []) =>
    fields.map(({ key, name }): readonly [string, Slot] => [key ?? name, { part, name }]);
  const body: readonly (readonly [string, Slot])[] =
    wire.body === undefined ? [] : [[wire.body.key ?? "body", { part: "body", name: "body" }]];
  return new Map([
    ...of("path", wire.path),
    ...of("query", wire.query),
    ...of("header", wire.header),
    ...of("cookie", wire.cookie),
    ...body,
  ]);
}

/** A value that is already read is closest to JSON. */
function flatMedia({ media }: BodyWire): string | undefined {
  return media.find((one) => codecOf(essenceOf(one)) === "json") ?? media[0];
}

function fault(part: Part, pointer: string, detail: string): ProblemDetail {
  return { in: part, pointer, detail };
}
