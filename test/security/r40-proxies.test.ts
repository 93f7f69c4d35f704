import { X509Certificate } from "node:crypto";
import { clientCertHeader, xfccHeader } from "@sallyport/runtime/node";
import { certificates, type ProxyOptions } from "@sallyport/runtime/server";
import { beforeAll, describe, expect, it } from "vitest";
import { access, allOf, anyOf, limit, scheme } from "../../runtime/src/policy/index.js";
import { type Authority, type Leaf, makeAuthority } from "../support/certificates.js";
import { open } from "../support/contract.js";
import { exchangeOf } from "../support/exchange.js";
import { send, serveLocally } from "../support/wire.js";

const perIp = limit("perIp", { limit: 1000, window: "1h", key: ["ip"] });
const proxies: ProxyOptions = { trusted: ["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"] };

/** The key under which one request is counted. */
async function keyOf(peer: string, headers: Readonly<Record<string, string | readonly string[]>>, options = proxies) {
  const keys: string[] = [];
  const take = (checks: readonly { readonly key: string }[]) => {
    keys.push(...checks.map(({ key }) => key.slice(key.lastIndexOf("|") + 1)));
    return checks.map(() => ({ allowed: true, remaining: 1, retryAfter: 0, reset: 1 }));
  };
  const { api } = open({ a: { policy: { limits: [perIp] } } }, { limits: { take }, proxies: options });
  const reply = await api.handle(exchangeOf({ target: "/a", address: peer, headers }));
  expect(reply?.status).toBe(200);
  return decodeURIComponent(keys[0] ?? "none");
}

const xff = (...lines: readonly string[]) => ({ "x-forwarded-for": lines });
const forwarded = (...lines: readonly string[]) => ({ forwarded: lines });

describe("R40 who calls is what listed proxies say, from the nearest hop on", () => {
  it.each<readonly [string, string, Readonly<Record<string, readonly string[]>>, string]>([
    ["nobody's word but a proxy's", "203.0.113.9", xff("1.1.1.1"), "203.0.113.9"],
    ["the hop before the proxy", "10.0.0.1", xff("1.1.1.1"), "1.1.1.1"],
    ["the right-most that is no proxy", "10.0.0.1", xff("6.6.6.6, 1.1.1.1, 10.0.0.2"), "1.1.1.1"],
    ["a proxy's address that a caller claims counts for nothing", "10.0.0.1", xff("10.6.6.6, 1.1.1.1"), "1.1.1.1"],
    ["lines are one list, in order", "10.0.0.1", xff("6.6.6.6", "1.1.1.1, 10.0.0.2"), "1.1.1.1"],
    ["a port is no part of it", "10.0.0.1", xff("1.1.1.1:4711"), "1.1.1.1"],
    ["R41 mapped addresses are the addresses they stand for", "::ffff:10.0.0.1", xff("::ffff:1.1.1.1"), "1.1.1.1"],
    ["R41 IPv6 by /64", "10.0.0.1", xff("2001:db8:9:1:2:3:4:5"), "2001:db8:9:1::/64"],
    ["brackets", "10.0.0.1", xff("[2001:db8:9:1::7]:443"), "2001:db8:9:1::/64"],
    ["a proxy of IPv6", "2001:db8:1::7", xff("1.1.1.1"), "1.1.1.1"],
    ["only proxies: the first of them", "10.0.0.1", xff("10.0.0.3, 10.0.0.2"), "10.0.0.3"],
    ["no header: the proxy itself", "10.0.0.1", {}, "10.0.0.1"],
    ["what is no address is nobody's key", "10.0.0.1", xff("1.1.1.1, evil"), "unknown"],
    ["an odd spelling is no address", "10.0.0.1", xff("0x7f.1"), "unknown"],
    ["an empty hop", "10.0.0.1", xff("1.1.1.1,"), "unknown"],
  ])("%s", async (_, peer, headers, key) => {
    expect(await keyOf(peer, headers)).toBe(key);
  });

  it("the header that is not the one agreed on is not read", async () => {
    expect(await keyOf("10.0.0.1", forwarded("for=1.1.1.1"))).toBe("10.0.0.1");
    expect(await keyOf("10.0.0.1", xff("1.1.1.1"), { ...proxies, forwarded: "forwarded" })).toBe("10.0.0.1");
  });

  it("without proxies no header is read", async () => {
    expect(await keyOf("10.0.0.1", { ...xff("1.1.1.1"), ...forwarded("for=1.1.1.1") }, {})).toBe("10.0.0.1");
  });
});

describe("R40 Forwarded (RFC 7239)", () => {
  it.each([
    ["for=1.1.1.1", "1.1.1.1"],
    ["For=1.1.1.1;Proto=https;by=10.0.0.2", "1.1.1.1"],
    ['for="[2001:db8:9:1::7]:4711"', "2001:db8:9:1::/64"],
    ["for=6.6.6.6, for=1.1.1.1, for=10.0.0.2", "1.1.1.1"],
    ['for="1.1.1.1";host="a,b"', "1.1.1.1"],
    ['for=6.6.6.6;x="\\",for=1.1.1.1', "unknown"],
    ['for="6.6.6.6, for=1.1.1.1', "unknown"],
    ["for=1.1.1.1;for=2.2.2.2", "unknown"],
    ["for=unknown", "unknown"],
    ["for=_hidden", "unknown"],
    ["for=1.1.1.1, for=_hidden", "unknown"],
    ["proto=https", "unknown"],
    ["garbage in it", "unknown"],
  ])("%s counts for %s", async (line, key) => {
    const seen = await keyOf("10.0.0.1", forwarded(line), { ...proxies, forwarded: "forwarded" });
    // What cannot be read names nobody: the proxy's own address would be everybody's.
    expect(seen === "10.0.0.1" ? "unknown" : seen).toBe(key);
  });

  it("lines are one list, in order", async () => {
    const options = { ...proxies, forwarded: "forwarded" } as const;
    expect(await keyOf("10.0.0.1", forwarded("for=6.6.6.6", "for=1.1.1.1, for=10.0.0.2"), options)).toBe("1.1.1.1");
  });
});

describe("R51 HSTS follows what the caller speaks", () => {
  it.each<readonly [string, Readonly<Record<string, string>>, boolean]>([
    ["10.0.0.1", { "x-forwarded-for": "1.1.1.1", "x-forwarded-proto": "https" }, true],
    ["10.0.0.1", { "x-forwarded-for": "1.1.1.1", "x-forwarded-proto": "http" }, false],
    ["10.0.0.1", { "x-forwarded-for": "1.1.1.1", "x-forwarded-proto": "https, http" }, false],
    ["203.0.113.9", { "x-forwarded-for": "1.1.1.1", "x-forwarded-proto": "https" }, false],
  ])("from %s with %j: %s", async (address, headers, sent) => {
    const { api } = open({ a: {} }, { proxies });
    const reply = await api.handle(exchangeOf({ target: "/a", address, headers }));
    expect(reply?.headers.includes("Strict-Transport-Security")).toBe(sent);
  });
});

describe("proxies", () => {
  it("are addresses or ranges: nothing else starts", () => {
    const start = (trusted: readonly string[]) => open({ a: {} }, { proxies: { trusted } });
    for (const one of ["proxy.example", "10.0.0.0/33", "10/8", "*"])
      expect(() => start([one])).toThrow("invalid_option");
  });

  it("come from the first server of the spec where the options have none", async () => {
    const servers = [{ url: "/", trustedProxies: ["10.0.0.0/8"], forwarded: "forwarded" as const }];
    const { api, lines } = open({ a: { policy: { audit: access("a") } } }, { policy: { servers } });
    await api.handle(exchangeOf({ target: "/a", address: "10.0.0.1", headers: forwarded("for=1.1.1.1") }));
    expect(lines[0]).toMatchObject({ address: "1.1.1.1" });
  });
});

describe("R23, R40 certificates from proxies", () => {
  let ours: Authority;
  let teller: Leaf;
  let stranger: Leaf;
  let serverLeaf: Leaf;
  beforeAll(async () => {
    const theirs = await makeAuthority("Theirs");
    ours = await makeAuthority("Ours");
    const client = { client: true, subject: "CN=teller, O=Bank" };
    [teller, stranger, serverLeaf] = await Promise.all([ours.issue(client), theirs.issue(client), ours.issue()]);
  });

  const header = ({ cert }: Leaf) => `:${new X509Certificate(cert).raw.toString("base64")}:`;
  const shop = (options: ProxyOptions) => {
    const machines = { kind: "certificate", principal: { id: ["subject.CN"] } } as const;
    return open(
      {
        a: {
          policy: { access: anyOf(allOf(scheme("machines"))) },
          handler: ({ principal }: never) => ({ status: 200, body: (principal as { id: string }).id }),
        },
      },
      { schemes: { machines: certificates({}) }, policy: { schemes: { machines } }, proxies: options },
    ).api;
  };
  const ask = async (
    leaf: string,
    { address = "10.0.0.1", name = "client-cert", reader = clientCertHeader({ ca: ours.cert }) } = {},
  ) => {
    const headers = { [name]: leaf, "x-forwarded-for": "1.1.1.1" };
    const reply = await shop({ ...proxies, certificates: reader }).handle(
      exchangeOf({ target: "/a", address, headers }),
    );
    return reply?.status;
  };

  it("Client-Cert (RFC 9440) counts from a listed peer", async () => {
    expect(await ask(header(teller))).toBe(200);
  });

  it("and not from any other", async () => {
    expect(await ask(header(teller), { address: "203.0.113.9" })).toBe(401);
  });

  it.each<readonly [string, () => string]>([
    ["of another authority", () => header(stranger)],
    ["that is a server's", () => header(serverLeaf)],
    ["that is none", () => ":AAAA:"],
    ["that is not between colons", () => header(teller).slice(1, -1)],
    ["as PEM", () => teller.cert],
  ])("one %s does not", async (_, text) => {
    expect(await ask(text())).toBe(401);
  });

  it("two lines are nobody's", async () => {
    const reader = clientCertHeader({ ca: ours.cert });
    const api = shop({ ...proxies, certificates: reader });
    const headers = { "client-cert": [header(teller), header(teller)], "x-forwarded-for": "1.1.1.1" };
    expect((await api.handle(exchangeOf({ target: "/a", address: "10.0.0.1", headers })))?.status).toBe(401);
  });

  it("where the proxy vouches, its word is enough", async () => {
    expect(await ask(header(stranger), { reader: clientCertHeader({ verifiedBy: "proxy" }) })).toBe(200);
  });

  it("XFCC counts with one element, and not with two", async () => {
    const name = "x-forwarded-client-cert";
    const reader = xfccHeader({ ca: ours.cert });
    const element = (leaf: Leaf) =>
      `Hash=abc;Cert="${encodeURIComponent(leaf.cert)}";Subject="CN=a,O=b";URI=spiffe://x`;
    expect(await ask(element(teller), { name, reader })).toBe(200);
    expect(await ask(element(stranger), { name, reader })).toBe(401);
    expect(await ask(`${element(teller)},${element(stranger)}`, { name, reader })).toBe(401);
    expect(await ask(`${element(teller)};Cert="${encodeURIComponent(stranger.cert)}"`, { name, reader })).toBe(401);
    expect(await ask("Hash=abc", { name, reader })).toBe(401);
  });

  it("the certificate of a proxy's own connection is no caller's", async () => {
    const api = shop(proxies);
    const tls = {
      protocol: "TLSv1.3",
      certificate: clientCertHeader({ ca: ours.cert })({ all: () => [header(teller)] }),
    };
    const from = (address: string) => api.handle(exchangeOf({ target: "/a", address, tls, headers: {} }));
    expect((await from("203.0.113.9"))?.status).toBe(200);
    expect((await from("10.0.0.1"))?.status).toBe(401);
  });

  it("a server without TLS starts where proxies hand certificates on, and only there", async () => {
    await expect(serveLocally(shop(proxies))).rejects.toThrow("insecure_transport");
    const server = await serveLocally(shop({ ...proxies, certificates: clientCertHeader({ ca: ours.cert }) }));
    const reply = (leaf: Leaf) => send(server, { target: "/a", headers: [`Client-Cert: ${header(leaf)}`] });
    expect([(await reply(teller)).status, (await reply(stranger)).status]).toEqual([200, 401]);
    await server.close();
    expect(() => shop({ certificates: clientCertHeader({ ca: ours.cert }) })).toThrow("invalid_option");
  });
});
