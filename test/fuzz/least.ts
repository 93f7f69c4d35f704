/** How long is looked for less, in milliseconds. */
const patience = 30_000;

/** The least of some octets that still fails: pieces are left out as long as it does, ever smaller ones (delta debugging). */
export async function least(octets: Buffer, fails: (octets: Buffer) => Promise<boolean>): Promise<Buffer> {
  const end = Date.now() + patience;
  let found = octets;
  for (let size = octets.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < found.length; ) {
      if (Date.now() > end) return found;
      const fewer = Buffer.concat([found.subarray(0, at), found.subarray(at + size)]);
      if (await fails(fewer)) found = fewer;
      else at += size;
    }
  }
  return found;
}
