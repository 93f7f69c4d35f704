import fc from "fast-check";

/** Octets that are hardly a request: one that was torn, spliced and flipped; one that every parser reads otherwise; or none at all. */
export function rawOctets(requests: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const edit = fc.tuple(
    fc.nat(400),
    fc.constantFrom("flip", "cut", "insert", "repeat"),
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
  );
  const torn = fc
    .tuple(requests, fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([octets, edits]) => edits.reduce(edited, octets));
  const noise = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((octets) => Buffer.from(octets));
  return fc.oneof({ weight: 6, arbitrary: torn }, { weight: 1, arbitrary: noise }, { weight: 2, arbitrary: known });
}

type Edit = readonly [number, string, Uint8Array];

function edited(octets: Buffer, [at, how, by]: Edit): Buffer {
  const place = octets.length === 0 ? 0 : at % octets.length;
  const [before, after] = [octets.subarray(0, place), octets.subarray(place)];
  if (how === "cut") return Buffer.concat([before, after.subarray(by.length)]);
  if (how === "insert") return Buffer.concat([before, by, after]);
  if (how === "repeat") return Buffer.concat([before, after.subarray(0, 40), after]);
  return Buffer.concat([before, by, after.subarray(by.length)]);
}

const get = "GET /v1/search HTTP/1.1\r\n";
const post = "POST /v1/orders HTTP/1.1\r\nHost: a\r\n";
const known = fc
  .constantFrom(
    `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${get}Host: a\r\n\r\n`,
    `${post}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n`,
    `${post}Transfer-Encoding: chunked\r\n\r\n5;${"x=y;".repeat(6_000)}\r\nabcde\r\n0\r\n\r\n`,
    `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    `${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
    `${post}Content-Length: -1\r\n\r\n`,
    `${post}Content-Length: 99999999999999999999\r\n\r\n`,
    `${post}Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n`,
    `${get}\r\n`,
    "GET /v1/search HTTP/1.0\r\n\r\n",
    "GET /v1/search HTTP/2.0\r\nHost: a\r\n\r\n",
    "GET /v1/search HTTP/9.9\r\nHost: a\r\n\r\n",
    "GET http://evil.example/v1/search HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n",
    "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\u0016\u0003\u0001\u0002\u0000",
    `${get}Host: a\r\nHost: b\r\n\r\n`,
    `${get}Host : a\r\n\r\n`,
    "GET /v1/search HTTP/1.1\nHost: a\n\n",
    "GET /v1/%zz/%00/..;/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    `GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `${get}${"a: b\r\n".repeat(3_000)}\r\n`,
    `${get}Host: a\r\nX: a\r\n b\r\n\r\n`,
    `${get}Host: a\r\n\r\n${get}Host: a\r\nConnection: close\r\n\r\n`,
  )
  .map((text) => Buffer.from(text, "latin1"));
