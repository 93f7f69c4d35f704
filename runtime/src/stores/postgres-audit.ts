import { within } from "../http/deadline.js";
import type { AuditLine, AuditSink } from "../observe/audit.js";
import { type ChainHead, hasherOf, linkOf, origin, seal } from "../observe/chain.js";
import { toAuditLine } from "../observe/json-lines.js";
import { lineQueue } from "../observe/line-queue.js";
import { type Duration, toMilliseconds } from "../policy/index.js";
import type { Secret } from "../secrets/secret.js";
import { auditPart, isOvertaken } from "./postgres-audit-schema.js";
import type { PgClient } from "./postgres-keys.js";
import { migration } from "./postgres-schema.js";

/** Options of `postgresAudit`. */
export interface PostgresAuditOptions {
  /** `check`: a schema that is not up to date is refused, for servers whose database user may not create tables. Default: `apply`. */
  readonly migrate?: "apply" | "check";
  /**
   * The chain that lines are put to. Processes that name the same one write one after another; one that has a chain of its own waits for
   * nobody. Default: `main`.
   */
  readonly chain?: string;
  /** A key for the chain: without it, whoever owns the table can write a whole new chain. */
  readonly key?: Secret;
  /** How long a line may take before its call is refused. Default: 5s. */
  readonly patience?: Duration;
}

/** An audit sink in a database. */
export interface PostgresAudit extends AuditSink {
  /** The last line that this process has written, or found. Kept elsewhere, it shows later that nothing was cut off. */
  readonly head: () => ChainHead;
  readonly ready: () => Error | undefined;
  /** Waits for lines that are on their way. The client stays yours. */
  readonly close: () => Promise<void>;
}

/** So many lines go into one statement. */
const most = 500;

/**
 * An audit trail in PostgreSQL or PGlite, in the table `sallyport_audit`: the hash-chained lines of `auditFile`, to which the database lets nobody do
 * anything but add the one that follows. A call is answered when the transaction of its line has ended; lines that come meanwhile go together.
 * @param client give it time-outs of its own: a statement that is not waited for any more holds its connection.
 * @throws the client's error; `SPA01` and `SPA02` as with `postgresKeys`. Error where the last line of the chain is not what was written.
 */
export async function postgresAudit(client: PgClient, options: PostgresAuditOptions = {}): Promise<PostgresAudit> {
  const { chain = "main", key, patience = "5s" } = options;
  const hash = hasherOf(key);
  const wait = toMilliseconds(patience);
  await client.query(migration(options.migrate !== "check", auditPart));
  /** Puts lines behind a head; where another line is the last by now, none, and that is answered. */
  const add = async (rows: readonly object[], behind: ChainHead): Promise<ChainHead | undefined> => {
    const asked = client.query(statements.add, [chain, JSON.stringify(rows), behind.hash]);
    // A statement that hangs ends here; should its lines still be added, those of the next one follow them.
    const answer = await inTime(asked, wait, "The database");
    const [{ added, line } = { added: 0, line: undefined }] = answer.rows as readonly Answer[];
    return added === rows.length ? undefined : headOf(line ?? undefined);
  };
  const headOf = (line: string | undefined): ChainHead => {
    const link = line === undefined ? origin : linkOf(line, hash);
    if (typeof link === "string") throw new Error(`The last line of the chain ${chain}: ${link}`);
    return { seq: link.seq, hash: link.hash };
  };
  const [last] = (await client.query(statements.last, [chain])).rows as readonly { readonly line: string }[];
  let head = headOf(last?.line);
  let trouble: Error | undefined;
  let closed = false;
  let probing = false;

  // Another process may have put its lines where ours were to go: ours follow them.
  const keep = async (lines: readonly string[]): Promise<void> => {
    const end = performance.now() + wait;
    for (let round = 0; ; round += 1) {
      const { rows, last } = sealed(lines, head, hash);
      const other = await add(rows, head).catch((thrown: unknown) => {
        // At the very same time: what is the last line now is asked for with the next try.
        if (isOvertaken(thrown) && performance.now() < end) return head;
        throw failed(thrown);
      });
      head = other ?? last;
      if (other === undefined) break;
      if (performance.now() > end) throw failed(new Error("Others have written all the time"));
      if (round > 2) await pause(Math.random() * Math.min(20, 2 ** round));
    }
    trouble = undefined;
  };
  const failed = (cause: unknown): Error => {
    trouble = new Error("The audit trail cannot be written", { cause });
    return trouble;
  };
  const queue = lineQueue(keep, most);
  /** Whether lines can be added again: nobody has to be refused to find out. */
  const probe = async (): Promise<void> => {
    if (probing || closed) return;
    probing = true;
    // Lines that are on their way find out by themselves.
    await queue.idle();
    await add([], head).then(
      () => {
        trouble = undefined;
      },
      () => {},
    );
    await pause(wait / 10);
    probing = false;
  };
  return {
    write: (line: AuditLine) =>
      closed
        ? Promise.reject(new Error("The audit trail is closed"))
        : inTime(queue.write(toAuditLine(line)), wait, "A line").catch((thrown: unknown) => {
            throw trouble ?? failed(thrown);
          }),
    head: () => head,
    ready: () => {
      if (trouble !== undefined) void probe();
      return closed ? new Error("The audit trail is closed") : trouble;
    },
    close: async () => {
      closed = true;
      await queue.idle();
    },
  };
}

interface Answer {
  readonly added: number;
  /** The line that was the last one before. */
  readonly line: string | null | undefined;
}

const statements = {
  last: "select line from sallyport_audit where chain = $1 order by seq desc limit 1",
  // One statement, and so one transaction: all of the lines, or none.
  add: `with last as (select hash, line from sallyport_audit where chain = $1 order by seq desc limit 1),
    added as (
      insert into sallyport_audit (chain, seq, prev, hash, line)
        select $1, seq, prev, hash, line
        from jsonb_to_recordset($2::jsonb) as t(seq bigint, prev text, hash text, line text)
        where coalesce((select hash from last), repeat('0', 64)) = $3
        order by seq
        returning 1)
    select (select count(*) from added)::float8 as added, (select line from last) as line`,
};

/** Lines as rows that follow a head. */
function sealed(lines: readonly string[], head: ChainHead, hash: (text: string) => string) {
  const rows: object[] = [];
  let last = head;
  for (const line of lines) {
    const { text, head: next } = seal(line, last, hash);
    rows.push({ seq: next.seq, prev: last.hash, hash: next.hash, line: text.trimEnd() });
    last = next;
  }
  return { rows, last };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function inTime<T>(awaited: Promise<T>, milliseconds: number, what: string): Promise<T> {
  const answer = await within(awaited, milliseconds, () => new Late(`${what} took longer than ${milliseconds} ms`));
  if (answer instanceof Late) throw answer;
  return answer;
}

class Late extends Error {}
