import { appendFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { show } from "../../code/frame.js";
import type { Flags } from "../flags.js";
import type { Streams } from "../print.js";
import { reporting } from "../report.js";
import type { KeyAct, KeyRecord } from "./runtime.js";
import { factsOf, tableOf } from "./show.js";
import { withStore } from "./store.js";
import { known, readTerms } from "./terms.js";
import { usageFault } from "./usage.js";
import { durationOf, instantOf } from "./values.js";

/** What every command on keys takes. */
export interface KeysFlags extends Flags {
  readonly store?: string | undefined;
  readonly scheme?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly audit?: string | undefined;
  readonly actor?: string | undefined;
}

/** What `keys create` takes. */
export interface CreateFlags extends KeysFlags {
  readonly owner: string;
  readonly tenant?: string | undefined;
  readonly client?: string | undefined;
  readonly role?: readonly string[] | undefined;
  readonly scope?: readonly string[] | undefined;
  readonly expires?: string | undefined;
}

/** `sallyport keys create`: the key alone on standard output, once. */
export function runCreate(flags: CreateFlags, streams: Streams, cwd: string): Promise<number> {
  return reporting(streams, cwd, async () => {
    const { roles, scopes, ...making } = await readTerms(flags, flags.scheme, cwd);
    const { owner, tenant, client, expires } = flags;
    const wanted = {
      ...making,
      ...actOf(flags, cwd),
      ...said({ tenant, client }),
      owner,
      roles: known("role", flags.role ?? [], roles),
      scopes: known("scope", flags.scope ?? [], scopes),
      ...said({ expiresAt: expires === undefined ? undefined : instantOf(expires, Date.now()) }),
    };
    return withStore(flags.store, cwd, async ({ runtime, store }) => {
      const issued = await refusable(() => runtime.createApiKey({ ...wanted, store }));
      hand(issued, await store.find(issued.id), flags, streams);
      return 0;
    });
  });
}

/** `sallyport keys rotate`: a new key in the place of an old one, which works until the overlap is over. */
export function runRotate(
  flags: KeysFlags & {
    readonly id: string;
    readonly expires?: string | undefined;
    readonly overlap?: string | undefined;
  },
  streams: Streams,
  cwd: string,
): Promise<number> {
  return reporting(streams, cwd, async () => {
    const { roles: _, scopes: __, ...making } = await readTerms(flags, flags.scheme, cwd);
    const { id, expires, overlap } = flags;
    const times = said({
      expiresAt: expires === undefined ? undefined : instantOf(expires, Date.now()),
      overlap: overlap === undefined ? undefined : durationOf(overlap),
    });
    return withStore(flags.store, cwd, async ({ runtime, store }) => {
      const issued = await refusable(() =>
        runtime.rotateApiKey({ ...making, ...actOf(flags, cwd), ...times, store, id }),
      );
      if (issued === undefined) return none(streams, `There is no key ${id} that works and was not rotated before.`);
      hand(issued, await store.find(issued.id), flags, streams);
      return 0;
    });
  });
}

/** `sallyport keys revoke`: the key is refused from now on. */
export function runRevoke(flags: KeysFlags & { readonly id: string }, streams: Streams, cwd: string): Promise<number> {
  return reporting(streams, cwd, () =>
    withStore(flags.store, cwd, async ({ runtime, store }) => {
      const { id } = flags;
      const done = await runtime.revokeApiKey({ ...actOf(flags, cwd), store, id });
      if (!done) return none(streams, `There is no key ${id}.`);
      const successor = (await store.find(id))?.replacedBy;
      if (!flags.quiet) streams.err(`Revoked ${id}.\n`);
      if (successor !== undefined) streams.err(`It was rotated into ${successor}, which works: revoke that as well?\n`);
      return 0;
    }),
  );
}

/** `sallyport keys list`: everything but the keys. */
export function runList(
  flags: KeysFlags & { readonly owner?: string | undefined },
  streams: Streams,
  cwd: string,
): Promise<number> {
  return reporting(streams, cwd, () =>
    withStore(flags.store, cwd, async ({ store }) => {
      const records = await store.list(said({ owner: flags.owner }));
      const now = Date.now();
      if (flags.json) streams.out(jsonOf(records.map((record) => factsOf(record, now))));
      else streams.out(tableOf(records, now));
      return 0;
    }),
  );
}

/** `sallyport keys verify`: reads the key from standard input, as arguments stand in the list of processes. */
export function runVerify(
  flags: KeysFlags,
  streams: Streams,
  cwd: string,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<number> {
  return reporting(streams, cwd, async () => {
    const { roles: _, scopes: __, ...making } = await readTerms(flags, flags.scheme, cwd);
    const key = (await text(input)).trim();
    if (key === "") throw usageFault("SP089", "No key came on standard input.", "Say `sallyport keys verify < FILE`.");
    return withStore(flags.store, cwd, async ({ runtime, store }) => {
      const verdict = await runtime.verifyApiKey({ ...making, store }, key);
      if (!verdict.valid) return none(streams, `Refused: ${verdict.reason}.`);
      if (!flags.quiet) streams.out(jsonOf({ valid: true, ...factsOf(verdict.record, Date.now()) }));
      return 0;
    });
  });
}

/** Shows a new key: the one time that anybody sees it. */
function hand(
  issued: { readonly key: string; readonly id: string },
  record: KeyRecord | undefined,
  flags: KeysFlags,
  streams: Streams,
) {
  const facts = record === undefined ? {} : factsOf(record, Date.now());
  if (flags.json) return streams.out(jsonOf({ key: issued.key, ...facts }));
  streams.out(`${issued.key}\n`);
  if (flags.quiet) return;
  const ends = record?.expiresAt === undefined ? "never" : new Date(record.expiresAt).toISOString();
  streams.err(
    `${issued.id} for ${show(record?.owner ?? "")}, ends ${ends}. The key is shown this once, and kept nowhere.\n`,
  );
}

function none(streams: Streams, message: string): number {
  streams.err(`${show(message)}\n`);
  return 1;
}

/** What the runtime refuses as no key of this scheme is a wrong call, and no fault. */
async function refusable<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw usageFault(
      "SP089",
      `${error.message}.`,
      "The rules of the scheme stand in the spec, under x-sallyport.apiKey.",
    );
  }
}

function actOf({ audit, actor }: KeysFlags, cwd: string): KeyAct {
  const file = audit === undefined ? undefined : path.resolve(cwd, audit);
  const write = (line: object) => appendFileSync(file ?? "", `${JSON.stringify(line)}\n`, { mode: 0o600 });
  return { actor: actor ?? userInfo().username, ...(file === undefined ? {} : { audit: { write } }) };
}

function said<T extends object>(facts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as never;
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
