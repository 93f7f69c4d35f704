import { essenceOf } from "../http/codec.js";
import type { BodyWire } from "../policy/index.js";
import type { Content, ContentCodec, Writer } from "./contract.js";
import { Failure } from "./failure.js";

/**
 * Writes the body of an operation, by the codec that takes its media type. The writer throws a Failure `invalid_input` for a body that is
 * missing, or that its media type cannot hold.
 */
export function body(...codecs: readonly ContentCodec[]): Writer {
  return ({ operation: { wire }, values, options }) => {
    const { media = [], required = false, key = "body" } = wire.body ?? {};
    const value = values[key];
    if (value === undefined) {
      if (required) throw new Failure("invalid_input", `The operation needs ${key}`);
      return {};
    }
    const type = options.contentType ?? media[0] ?? "application/octet-stream";
    if (options.contentType !== undefined) refuseOther(media, type);
    const codec = codecs.find((one) => one.write !== undefined && one.takes(essenceOf(type)));
    if (codec?.write === undefined) throw new Failure("invalid_input", `Nothing here writes ${JSON.stringify(type)}`);
    const content = codec.write(key, value, wire.body ?? none, type);
    return { headers: { "content-type": content.type }, body: content.body };
  };
}

const none: BodyWire = { media: [], required: false };

/** Whether the operation takes a media type: by its name, or under a range. */
function refuseOther(media: readonly string[], wanted: string): void {
  const essence = essenceOf(wanted);
  const family = `${essence.slice(0, essence.indexOf("/"))}/*`;
  if (!media.some((one) => [essence, family, "*/*"].includes(essenceOf(one))))
    throw new Failure("invalid_input", `The operation takes ${media.join(", ")}, not ${JSON.stringify(wanted)}`);
}

/** JSON (RFC 8259), under any name of it. */
export const json: ContentCodec = /* @__PURE__ */ jsonCodec(JSON.stringify);

/**
 * A writer of JSON.
 * @param textOf throws for a value that has no JSON, or says that there is none.
 */
/* @__NO_SIDE_EFFECTS__ */
export function jsonCodec(textOf: (value: unknown) => string | undefined): ContentCodec {
  return {
    takes: (essence) => /^application\/json$|\+json$/.test(essence),
    write: (key, value, _, type) => ({ type, body: jsonOf(key, value, textOf) }),
  };
}

function jsonOf(key: string, value: unknown, textOf: (value: unknown) => string | undefined): Content["body"] {
  let text: string | undefined;
  let cause: unknown;
  try {
    text = textOf(value);
  } catch (thrown) {
    cause = thrown;
  }
  if (text === undefined) throw new Failure("invalid_input", `${key} cannot be written as JSON`, { cause });
  return text;
}
