import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { apiKey, Failure, logCalls } from "@sallyport/runtime/client";
import { clientCredentials } from "@sallyport/runtime/client/oauth";
import { listen } from "@sallyport/runtime/node";
import { apiKeys, createApiKey, jwt, memoryKeys, requestLog } from "@sallyport/runtime/server";
import { createContext } from "@sallyport/runtime/trpc";
import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { pino } from "pino";
import { Agent, fetch as undiciFetch } from "undici";
import { makeCertificate } from "./certificate.js";
import { createClient } from "./generated/client.js";
import { sensitivity } from "./generated/policy.js";
import { createApi } from "./generated/server.js";
import { type AppRouter, createRouter } from "./generated/trpc.js";
import { bankHandlers } from "./handlers.js";
import { openLedger } from "./ledger.js";
import { type Client, startProvider } from "./provider.js";

const tokenLifetime = 3;
const people: readonly Client[] = [
  { id: "alice", secret: "alice-secret", roles: [], scope: "accounts:read accounts:write payments:write" },
  { id: "bob", secret: "bob-secret", roles: [], scope: "accounts:read" },
  { id: "tess", secret: "tess-secret", roles: ["teller"], scope: "accounts:read admin" },
  { id: "ada", secret: "ada-secret", roles: ["admin"], scope: "accounts:read admin" },
];

/** Prints one step of the story, and stops it when something else happened than it tells. */
async function step<T>(words: string, told: string, happens: () => Promise<T> | T, expected: (outcome: T) => boolean) {
  const outcome = await happens();
  if (!expected(outcome)) throw new Error(`${words}\n  expected: ${told}\n  happened: ${JSON.stringify(outcome)}`);
  console.log(`  ${words.padEnd(62)} ${told}`);
  return outcome;
}

/** The failure that a call ends with. */
async function failureOf(call: Promise<unknown>) {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof Failure) return { code: thrown.code, status: thrown.status };
    if (thrown instanceof TRPCClientError) return { code: thrown.data?.code, status: thrown.data?.httpStatus };
    throw thrown;
  }
  return { code: "none", status: 200 };
}

const certificate = await makeCertificate();
const backup = await makeCertificate();
const provider = await startProvider(people, tokenLifetime);
const keys = memoryKeys();
const partner = await createApiKey({ store: keys, prefix: "bank_live_", owner: "partner-one" });
const ledger = openLedger();
const audit: string[] = [];
const lines: string[] = [];
const log = pino({ base: null }, { write: (line: string) => void lines.push(line) });

const api = createApi({
  env: { BANK_ISSUER: provider.issuer },
  handlers: bankHandlers(ledger),
  schemes: { oidc: jwt(), partnerKey: apiKeys({ store: keys }) },
  objects: { Account: (id) => ledger.find(id) },
  rules: { signatory: (account, { principal }) => ledger.maySign(account.id, principal.id) },
  audit: { write: (line) => void audit.push(JSON.stringify(line)) },
  log,
  observers: [requestLog(log)],
});
const server = await listen(api, { port: 0, host: "127.0.0.1", tls: certificate });
const baseUrl = `https://localhost:${new URL(server.url).port}/v1`;
const tls = { ca: certificate.cert, pins: [certificate.pin, backup.pin] };

/** A client asks for the scopes that its calls need, unless it is told which to ask for. */
const clientOf = (person: string, asking: { readonly scope?: string } = {}) =>
  createClient({
    baseUrl,
    tls,
    auth: {
      oidc: clientCredentials({
        clientId: person,
        clientSecret: `${person}-secret`,
        issuer: provider.issuer,
        ...asking,
      }),
      partnerKey: apiKey(partner.key),
    },
    onDeprecation: (notice) => notices.push(notice.operation),
    interceptors: [logCalls(log, { sensitivity })],
  });
const notices: string[] = [];
const alice = clientOf("alice");
const bob = clientOf("bob", { scope: "accounts:read" });
const tess = clientOf("tess");
const ada = clientOf("ada");
const nobody = createClient({ baseUrl, tls });

console.log(`\nThe bank is open: ${baseUrl}, tokens from ${provider.issuer}\n\nThe generated SDK`);
await step(
  "anybody asks whether the bank is up",
  "up",
  () => nobody.default.getHealth(),
  (it) => it.status === "up",
);
await step(
  "alice reads her account",
  "200, and no word of who owns it",
  () => alice.accounts.getAccount({ accountId: "acc-alice" }),
  (it) => it.balance === 250_000 && !("customerId" in it),
);
await step(
  "a stranger without a credential calls the port by hand",
  "401 with a challenge",
  async () => {
    const dispatcher = new Agent({ connect: { ca: certificate.cert } });
    const answer = await undiciFetch(`${baseUrl}/accounts/acc-alice`, { dispatcher });
    await dispatcher.close();
    return { status: answer.status, challenge: answer.headers.get("www-authenticate") };
  },
  (it) => it.status === 401 && it.challenge?.startsWith("Bearer realm=") === true,
);
await step(
  "the SDK without credentials does not even try",
  "credential_missing",
  () => failureOf(nobody.accounts.getAccount({ accountId: "acc-alice" })),
  (it) => it.code === "credential_missing",
);
const foreign = await step(
  "bob asks for alice's account",
  "404",
  () => failureOf(bob.accounts.getAccount({ accountId: "acc-alice" })),
  (it) => it.status === 404,
);
await step(
  "bob asks for an account that does not exist",
  "the same 404",
  () => failureOf(bob.accounts.getAccount({ accountId: "acc-nobody" })),
  (it) => JSON.stringify(it) === JSON.stringify(foreign),
);
await step(
  "bob, whose token lacks payments:write, pays",
  "403",
  () =>
    failureOf(
      bob.payments.createPayment({ accountId: "acc-bob", body: { amount: 1, iban: "DE89370400440532013000" } }),
    ),
  (it) => it.status === 403 && it.code === "forbidden",
);
await step(
  "tess the teller reads alice's account",
  "200",
  () => tess.accounts.getAccount({ accountId: "acc-alice" }),
  (it) => it.id === "acc-alice",
);
await step(
  "alice lists accounts; so does tess",
  "hers; everybody's",
  async () => [await alice.accounts.listAccounts(), await tess.accounts.listAccounts()],
  ([hers, all]) => hers?.length === 1 && all?.length === 3,
);
await step(
  "ada, an auditor, sees how risky alice's account is",
  "alice does not",
  async () => [
    await ada.accounts.getAccount({ accountId: "acc-alice" }),
    await alice.accounts.getAccount({ accountId: "acc-alice" }),
  ],
  ([audited, own]) => audited?.riskScore === 7 && own !== undefined && !("riskScore" in own),
);
await step(
  "tess freezes it, with the scope but not the role",
  "403",
  () => failureOf(tess.admin.freezeAccount({ accountId: "acc-alice" })),
  (it) => it.status === 403,
);
await step(
  "alice pays nothing to nowhere",
  "422, as a result that does not throw",
  () => alice.payments.createPayment({ accountId: "acc-alice", body: { amount: 0, iban: "nowhere" } }).safe(),
  (it) => !it.ok && it.failure.status === 422 && it.failure.problem !== undefined,
);
await step(
  "alice pays 120.00",
  "201",
  () =>
    alice.payments.createPayment({ accountId: "acc-alice", body: { amount: 12_000, iban: "DE89370400440532013000" } }),
  (it) => it.state === "accepted",
);
await step(
  "alice signs for the sailing club, and not for bob",
  "201, 404",
  async () => {
    const body = { amount: 1_000, iban: "DE89370400440532013000" };
    const club = await alice.payments.createPayment({ accountId: "acc-club", body });
    return [club.state, (await failureOf(alice.payments.createPayment({ accountId: "acc-bob", body }))).status];
  },
  ([club, bobs]) => club === "accepted" && bobs === 404,
);
await step(
  "alice follows her payments, and goes on where she was",
  "one event; the next one as it happens",
  async () => {
    const seen: (string | undefined)[] = [];
    for await (const { id } of await alice.payments.followPayments({ accountId: "acc-alice" })) {
      seen.push(id);
      break;
    }
    const options = { headers: { "Last-Event-ID": seen[0] ?? "" } };
    const events = await alice.payments.followPayments({ accountId: "acc-alice" }, options);
    const following = events[Symbol.asyncIterator]();
    const next = following.next();
    const body = { amount: 500, iban: "DE89370400440532013000" };
    const paid = await alice.payments.createPayment({ accountId: "acc-alice", body });
    const { value } = await next;
    await following.return?.();
    return [seen.length, value?.id === paid.id && value?.data.amount];
  },
  ([first, amount]) => first === 1 && amount === 500,
);
await step(
  "alice goes through her payments, one a page",
  "the second, then the first",
  async () => {
    const amounts: number[] = [];
    for await (const payment of alice.payments.listPayments({ accountId: "acc-alice", limit: 1 }).items())
      amounts.push(payment.amount);
    return amounts;
  },
  (it) => it.join() === "500,12000",
);
await step(
  "alice sends a form of 300 KB; then one of 2 MB",
  "201, with its digest; 413",
  async () => {
    const send = (size: number) =>
      alice.documents.sendDocument({ body: { title: "Proxy", form: new Blob([new Uint8Array(size)]) } });
    return [(await send(300_000)).size, (await failureOf(send(2_000_000))).status];
  },
  ([size, refused]) => size === 300_000 && refused === 413,
);
await step(
  "the audit trail remembers it, with the IBAN masked",
  "…3000",
  () => audit.find((line) => line.includes("payment.create") && line.includes('"allowed"')) ?? "",
  (it) => it.includes("3000") && !it.includes("DE8937040044053201"),
);
await step(
  "and so do the logs of the server and of the SDK",
  "one request, two lines, one id",
  () => {
    const said = lines.map((line) => JSON.parse(line)).filter(({ operation }) => operation === "createPayment");
    const [served, called] = ["request", "called"].map((msg) => said.findLast((one) => one.msg === msg));
    return { served, called, said: lines.join("") };
  },
  ({ served, called, said }) =>
    called?.sent.body.iban === "…3000" &&
    served?.requestId === called?.requestId &&
    !/DE8937040044053201|Bearer|-secret/.test(said),
);
await step(
  "alice uses the old balance operation",
  "200, and one notice",
  async () => [
    await alice.accounts.getBalance({ accountId: "acc-alice" }),
    await alice.accounts.getBalance({ accountId: "acc-alice" }),
  ],
  () => notices.length === 1 && notices[0] === "getBalance",
);
await step(
  "the partner asks for six rates where four in 4 s are allowed",
  "429, backed off, all six",
  async () => {
    const start = Date.now();
    const rates = [];
    for (const currency of ["USD", "GBP", "CHF", "SEK", "NOK", "DKK"])
      rates.push(await alice.partner.getRate({ currency }));
    return { rates: rates.length, waited: Date.now() - start };
  },
  (it) => it.rates === 6 && it.waited >= 1_000 && audit.some((line) => line.includes('"rate_limited"')),
);
await new Promise((wait) => setTimeout(wait, tokenLifetime * 1_000));
const before = provider.issued();
await step(
  "alice's token expires; fifty calls at once",
  "one refresh, fifty answers",
  async () => {
    const calls = await Promise.all(
      Array.from({ length: 50 }, () => alice.accounts.getAccount({ accountId: "acc-alice" })),
    );
    return { calls: calls.length, refreshes: provider.issued() - before };
  },
  (it) => it.calls === 50 && it.refreshes === 1,
);
await step(
  "ada the admin freezes alice's account",
  "204",
  () => ada.admin.freezeAccount({ accountId: "acc-alice" }),
  (it) => it === undefined && ledger.find("acc-alice")?.state === "frozen",
);
const mistaken = createClient({ baseUrl, tls: { ...tls, pins: [backup.pin, (await makeCertificate()).pin] } });
await step(
  "a client that pins another key",
  "refused before the first byte",
  () => failureOf(mistaken.default.getHealth()),
  (it) => it.code === "pin_mismatch",
);

console.log("\nThe same guards behind tRPC");
const trpcHandler = createHTTPHandler({ router: createRouter(api), createContext });
const trpcServer = createServer({ cert: certificate.cert, key: certificate.key }, trpcHandler);
await new Promise<void>((ready) => trpcServer.listen(0, "127.0.0.1", ready));
const dispatcher = new Agent({ connect: { ca: certificate.cert } });
const trpcOf = (token: string) =>
  createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `https://localhost:${(trpcServer.address() as AddressInfo).port}`,
        headers: { authorization: `Bearer ${token}` },
        fetch: (url, init) =>
          undiciFetch(String(url), { ...(init as object), dispatcher }) as unknown as Promise<Response>,
      }),
    ],
  });
const tokenOf = async (person: string) => {
  const answer = await fetch(`${provider.issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${person}:${person}-secret`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: "accounts:read" }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
};
const bobOverTrpc = trpcOf(await tokenOf("bob"));
await step(
  "bob reads his account",
  "200",
  () => bobOverTrpc.accounts.getAccount.query({ accountId: "acc-bob" }),
  (it) => it.name === "Bob, savings",
);
await step(
  "bob asks for alice's",
  "NOT_FOUND",
  () => failureOf(bobOverTrpc.accounts.getAccount.query({ accountId: "acc-alice" })),
  (it) => it.code === "NOT_FOUND",
);
await step(
  "a made-up token",
  "UNAUTHORIZED",
  () => failureOf(trpcOf("made.up.token").accounts.listAccounts.query()),
  (it) => it.code === "UNAUTHORIZED",
);

console.log(`\nEverything happened as told. ${audit.length} audit lines were written.\n`);
await Promise.all([alice, bob, tess, ada, nobody, mistaken].map((one) => one.close()));
await dispatcher.close();
trpcServer.closeAllConnections();
trpcServer.close();
await server.close();
await provider.close();
