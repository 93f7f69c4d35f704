import type { Media } from "../model/api.js";
import type { Schema } from "../model/schema.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { isEvents } from "./codec.js";
import type { Lowering } from "./lowering.js";
import { listOf, objectOf } from "./node.js";
import { lowerSchema } from "./schema.js";

/** A server-sent event of which the spec says nothing more. */
const anyEvent = {
  type: "object",
  required: ["data"],
  properties: {
    data: { type: "string" },
    event: { type: "string" },
    id: { type: "string" },
    retry: { type: "integer", minimum: 0 },
  },
} as const satisfies SpecObject;

/**
 * Content of items (OpenAPI 3.2, 4.14.3): `itemSchema` is of one item. Descriptions from before it say the same with `schema`, of an
 * item or of a list of them.
 */
export function lowerItems(run: Lowering, type: string, media: SpecObject | undefined): Media {
  const said = media?.itemSchema ?? itemIn(run, media?.schema);
  const lowered = (schema: SpecValue | undefined): Schema => lowerSchema(run, schema);
  if (!isEvents(type)) return { type, schema: lowered(said), encoding: [] };
  const data = fieldOf(run, said, "data", 0);
  if (data.length > 0) {
    const isText = data.every((one) => isTextual(run, one));
    return { type, schema: lowered(eventOf(run, said)), encoding: [], ...(isText ? {} : { data: "event" }) };
  }
  // What is no event can only be what the events carry; and a text says no more than that they are events.
  if (said === undefined || isTextual(run, said)) return { type, schema: lowered(anyEvent), encoding: [] };
  return { type, schema: lowered(said), encoding: [], data: "item" };
}

function itemIn(run: Lowering, schema: SpecValue | undefined): SpecValue | undefined {
  const node = objectOf(run.spec.resolve(schema).node);
  return node?.type === "array" ? node.items : schema;
}

/** HTML Standard, 9.2.6: every event may have a type, an id and a time to wait, whether its description names them or not. */
function eventOf(run: Lowering, said: SpecValue | undefined): SpecValue | undefined {
  const missing = Object.entries(anyEvent.properties).filter(([name]) => fieldOf(run, said, name, 0).length === 0);
  if (said === undefined || missing.length === 0 || isClosed(run, said)) return said;
  return { allOf: [said, { type: "object", properties: Object.fromEntries(missing) }] };
}

function isClosed(run: Lowering, said: SpecValue): boolean {
  const node = objectOf(run.spec.resolve(said).node);
  return node?.additionalProperties === false || node?.unevaluatedProperties === false;
}

/** The schemas of a field in what describes events: in a schema, and in all that it is made of. */
function fieldOf(run: Lowering, said: SpecValue | undefined, name: string, depth: number): readonly SpecValue[] {
  const node = objectOf(run.spec.resolve(said).node);
  if (node === undefined || depth > 8) return [];
  const own = objectOf(node.properties)?.[name];
  const parts = [node.allOf, node.anyOf, node.oneOf].flatMap((one) => listOf(one) ?? []);
  return [...(own === undefined ? [] : [own]), ...parts.flatMap((one) => fieldOf(run, one, name, depth + 1))];
}

function isTextual(run: Lowering, said: SpecValue): boolean {
  const node = objectOf(run.spec.resolve(said).node);
  if (node === undefined) return said === true;
  if (node.type !== undefined) return node.type === "string";
  if (typeof node.const === "string") return true;
  const values = listOf(node.enum);
  return values === undefined ? Object.keys(node).length === 0 : values.every((one) => typeof one === "string");
}
