import { essenceOf } from "../http/codec.js";
import { parseMediaType } from "../http/media.js";
import { type IncomingFile, isPartList, type Multipart, type PartBounds, partsOf } from "../http/multipart/contract.js";
import { readList } from "../http/multipart/list.js";
import { readParts } from "../http/multipart/read.js";
import { chunksOf } from "../http/streams.js";
import { Refusal } from "../problem/refusal.js";
import { largestAnswer } from "./collect.js";
import type { ContentCodec } from "./contract.js";
import { Failure } from "./failure.js";

/** Files are handed on as they come, and not counted. */
const bounds: PartBounds = {
  body: largestAnswer,
  file: Number.MAX_SAFE_INTEGER,
  parts: 100_000,
  depth: 512,
  keys: Infinity,
  items: Infinity,
};

/** Multipart answers: their fields, and their files one after the other; or their parts, where these have no names. */
export const multipartAnswers = {
  takes: (essence) => essence.startsWith("multipart/"),
  read: async (stream, type, _output, described) => {
    const parts = partsOf(described, essenceOf(type));
    const boundary = parseMediaType(type)?.parameters.get("boundary");
    if (boundary === undefined || boundary === "") throw new Failure("response_invalid", "The answer has no boundary");
    const chunks = chunksOf(stream);
    if (isPartList(parts)) {
      const items = guarded(readList(chunks, boundary, parts, bounds));
      return parts.stream === true ? items : listed(items);
    }
    const { fields, files } = await readParts(chunks, boundary, parts, bounds).catch(failed);
    const hasFiles = parts.some((part) => part.file !== undefined);
    return hasFiles ? ({ fields, files: guardedFiles(files) } satisfies Multipart<unknown, string>) : fields;
  },
} satisfies ContentCodec;

async function listed(items: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* guarded(items: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
  try {
    yield* items;
  } catch (thrown) {
    failed(thrown);
  }
}

async function* guardedFiles(files: AsyncIterable<IncomingFile>): AsyncGenerator<IncomingFile, void> {
  try {
    yield* files;
  } catch (thrown) {
    failed(thrown);
  }
}

function failed(thrown: unknown): never {
  if (thrown instanceof Failure) throw thrown;
  if (!(thrown instanceof Refusal)) throw new Failure("network", "The answer broke off", { cause: thrown });
  const [first] = thrown.errors ?? [];
  const detail = first === undefined ? (thrown.detail ?? thrown.title) : `${first.pointer} ${first.detail}`;
  throw new Failure("response_invalid", `The parts of the answer cannot be read: ${detail}`, { cause: thrown });
}
