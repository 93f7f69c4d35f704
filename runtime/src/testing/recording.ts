import type { ClientCall, Operation } from "../client/index.js";
import type { Duration } from "../policy/index.js";
import { toMilliseconds } from "../policy/index.js";

/** An attempt, and what came of it, as a file keeps it. */
export interface Exchange {
  readonly operation: string;
  readonly method: string;
  /** Path and query, masked. The origin is not kept: a recording plays wherever the API is. */
  readonly target: string;
  /** Masked; absent where the content is no text. */
  readonly body?: string;
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    /** Whether `body` is octets in base64. */
    readonly isBase64?: true;
  };
}

/** A file of exchanges. */
export interface Recording {
  readonly format: 1;
  /** RFC 3339. */
  readonly recordedAt: string;
  /** What each operation was when it was recorded. */
  readonly operations: Readonly<Record<string, string>>;
  readonly exchanges: readonly Exchange[];
}

/** A recording that no longer says what the API does. It is no Failure: nothing takes it for an answer. */
export class StaleRecording extends Error {
  override readonly name = "StaleRecording";
}

/** What an operation is on the wire, as a digest: another one, and what was recorded of it is worth nothing. */
export async function fingerprintOf({ policy, wire }: Operation): Promise<string> {
  const text = JSON.stringify([policy.method, policy.path, wire]);
  const octets = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...octets.subarray(0, 8)].map((one) => one.toString(16).padStart(2, "0")).join("");
}

/**
 * Judges a recording by its age.
 * @throws StaleRecording
 */
export function refuseOld({ recordedAt }: Recording, file: string, maxAge: Duration | undefined, now: number): void {
  const at = Date.parse(recordedAt);
  if (maxAge === undefined || now - at <= toMilliseconds(maxAge)) return;
  throw new StaleRecording(`${file} was recorded at ${recordedAt}, longer than ${maxAge} ago: record it again`);
}

/**
 * Judges what was recorded of an operation.
 * @throws StaleRecording
 */
export async function refuseChanged(recording: Recording, file: string, { operation }: ClientCall): Promise<void> {
  const then = Object.hasOwn(recording.operations, operation.id) ? recording.operations[operation.id] : undefined;
  if (then === undefined || then === (await fingerprintOf(operation))) return;
  throw new StaleRecording(`${operation.id} has changed since ${file} was recorded: record it again`);
}

/**
 * Reads a file.
 * @throws StaleRecording for a file that is not there, or none of ours.
 */
export async function readRecording(file: string): Promise<Recording> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(file, "utf8").catch(() => {
    throw new StaleRecording(`${file} cannot be read: record it first`);
  });
  const recording = parsed(text);
  if (recording?.format !== 1 || !Array.isArray(recording.exchanges) || typeof recording.operations !== "object")
    throw new StaleRecording(`${file} is no recording that this version reads: record it again`);
  return recording;
}

function parsed(text: string): Recording | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes a file, as a whole or not at all. */
export async function writeRecording(file: string, recording: Recording): Promise<void> {
  const { mkdir, rename, writeFile } = await import("node:fs/promises");
  const { dirname } = await import("node:path");
  const temporary = `${file}.${crypto.randomUUID()}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(temporary, `${JSON.stringify(recording, null, 2)}\n`);
  await rename(temporary, file);
}
