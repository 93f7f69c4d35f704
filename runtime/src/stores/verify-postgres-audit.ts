import { judgeTrail, type TrailLine, type TrailVerdict, type VerifyOptions } from "../observe/judge-trail.js";
import type { PgClient } from "./postgres-keys.js";

/** So many lines are read at once: a trail may be larger than memory. */
const most = 1_000;

/**
 * Verifies the chains of a database: that no line was changed, taken out, put in or moved. The fault names the chain where a trail of files has a file.
 * @param options.chain the chain to verify. Default: `main`.
 */
export async function verifyPostgresAudit(
  client: PgClient,
  options: VerifyOptions & { readonly chain?: string } = {},
): Promise<TrailVerdict> {
  const { chain = "main" } = options;
  return judgeTrail(linesOf(client, chain), options, chain);
}

async function* linesOf(client: PgClient, chain: string): AsyncGenerator<TrailLine, void> {
  const text =
    "select seq::float8 as seq, line from sallyport_audit where chain = $1 and seq > $2 order by seq limit $3";
  for (let after = 0; ; ) {
    const { rows } = await client.query(text, [chain, after, most]);
    for (const { seq, line } of rows as readonly { readonly seq: number; readonly line: string }[]) {
      yield { file: chain, line: seq, text: line, whole: true };
      after = seq;
    }
    if (rows.length < most) return;
  }
}
