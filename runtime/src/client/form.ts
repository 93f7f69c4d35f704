import { EncodingError, encodeQuery } from "../http/fields.js";
import type { Field } from "../policy/index.js";
import type { ContentCodec } from "./contract.js";
import { Failure } from "./failure.js";

/** Forms (URL Standard, 5). */
export const form: ContentCodec = {
  takes: (essence) => essence === "application/x-www-form-urlencoded",
  write: (key, value, wire, type) => ({
    type,
    body: typeof value === "string" ? value : formOf(key, wire.form ?? [], value),
  }),
};

/** Names that the schema does not list are written by what their values are. */
function formOf(key: string, fields: readonly Field[], value: unknown): string {
  if (typeof value !== "object" || value === null) throw new Failure("invalid_input", "A form is an object");
  if (Object.hasOwn(value, "__proto__")) throw new EncodingError(key, "a name is not allowed");
  const known = new Set(fields.map((field) => field.name));
  const others = Object.entries(value)
    .filter(([name]) => !known.has(name))
    .map(
      ([name, one]): Field => ({
        name,
        kind: Array.isArray(one) ? ["string"] : typeof one === "object" ? "json" : "string",
      }),
    );
  // URL Standard, 5.2: in a form, and only there, a space is a plus sign.
  return encodeQuery([...fields, ...others], Object.assign(Object.create(null), value)).replaceAll("%20", "+");
}
