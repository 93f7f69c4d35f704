import { createHash, createHmac } from "node:crypto";
import type { Secret } from "../secrets/secret.js";

/** The end of a chain: the number of its last line, and that line's hash. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** What a chain begins with. */
export const origin: ChainHead = { seq: 0, hash: "0".repeat(64) };

/** How lines are hashed: by SHA-256, or by HMAC-SHA-256 under a key, without which nobody can write a chain anew. */
export type Hasher = (text: string) => string;

/** Makes the hasher of a chain. */
export function hasherOf(key: Secret | undefined): Hasher {
  if (key === undefined) return (text) => createHash("sha256").update(text, "utf8").digest("hex");
  return (text) => createHmac("sha256", key.reveal()).update(text, "utf8").digest("hex");
}

/** A line of JSON, with its line feed, as the next of a chain: `seq`, the hash of the line before, and its own over all of that. */
export function seal(line: string, head: ChainHead, hash: Hasher): { readonly text: string; readonly head: ChainHead } {
  const seq = head.seq + 1;
  const body = `${line.slice(0, line.lastIndexOf("}"))},"seq":${seq},"prev":"${head.hash}"`;
  const own = hash(body);
  return { text: `${body},"hash":"${own}"}\n`, head: { seq, hash: own } };
}

/** What a line says of its place. */
export interface Link extends ChainHead {
  readonly prev: string;
}

const form = /,"seq":([1-9]\d{0,15}),"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}$/;

/** The place of a line, without its line feed; a text that says why where it has none, or is not what was hashed. */
export function linkOf(line: string, hash: Hasher): Link | string {
  const [whole = "", seq = "", prev = "", own = ""] = form.exec(line) ?? [];
  if (whole === "") return "it is no line of an audit trail";
  const body = line.slice(0, line.length - `,"hash":"${own}"}`.length);
  return hash(body) === own ? { seq: Number(seq), prev, hash: own } : "it was changed, or the key is another one";
}
