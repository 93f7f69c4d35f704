import { essenceOf } from "../http/codec.js";
import { heldNames, heldOf, hold } from "../http/held.js";
import { holdContent, releaseContent } from "../http/held-content.js";
import { parseJson } from "../http/json.js";
import { jsonText } from "../http/json-text.js";
import { matchMedia } from "../http/media.js";
import { ofStatus } from "../http/status.js";
import { type Held, missingTemporal, type Wire } from "../policy/index.js";
import { jsonCodec } from "./content.js";
import type { ContentCodec, Holds } from "./contract.js";
import { Failure } from "./failure.js";

/** Deeper than anybody nests, and less than what overflows a stack. */
const deepest = 512;

/** Values that code holds as something else than they are on the wire: released before they are written, held once they are read. */
export const held: Holds = {
  release: ({ wire }, values, contentType) => {
    refuseWithoutTemporal(wire);
    const released: Record<string, unknown> = Object.assign(Object.create(null), values);
    for (const [key, one] of heldInputs(wire, contentType)) {
      if (released[key] !== undefined) released[key] = releaseContent(released[key], one);
    }
    return released;
  },
  parse: (text) => {
    const reading = parseJson(text, deepest, undefined, true);
    if ("fault" in reading) throw new SyntaxError(reading.fault);
    return reading.value;
  },
  hold: ({ wire }, status, type, value) => holdContent(value, heldOf(wire.held?.responses, status, type)),
  holdFields: ({ wire }, status, fields) => hold(fields, ofStatus(wire.held?.fields, status)) as object,
};

const ready = new WeakSet<Wire>();

function refuseWithoutTemporal(wire: Wire): void {
  if (ready.has(wire)) return;
  const missing = missingTemporal(heldNames(wire.held ?? {}));
  if (missing !== undefined) throw new Failure("configuration", missing);
  ready.add(wire);
}

/** What is held in the flat input of a call, by key. */
function heldInputs(wire: Wire, contentType: string | undefined): readonly (readonly [string, Held])[] {
  const fields = (["path", "query", "header", "cookie"] as const).flatMap((place) => {
    const parts = wire.held?.[place];
    const members = typeof parts === "object" && "members" in parts ? (parts.members ?? {}) : {};
    return (wire[place] ?? []).flatMap(({ name, key = name }) => {
      const one = members[name];
      return one === undefined ? [] : [[key, one] as const];
    });
  });
  const { media = [], key = "body" } = wire.body ?? {};
  const type = contentType === undefined ? media[0] : matchMedia(media, essenceOf(contentType));
  const body = type === undefined ? undefined : wire.held?.body?.[type];
  return body === undefined ? fields : [...fields, [key, body]];
}

/** JSON in which integers of any size are numbers (RFC 8259, 6). */
export const exactJson: ContentCodec = /* @__PURE__ */ jsonCodec(jsonText);
