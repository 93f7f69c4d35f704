import { apiKey } from "@sallyport/runtime/client";
import { listen, type Server } from "@sallyport/runtime/node";
import { type AuditLine, apiKeys, createApiKey, memoryKeys, StartError } from "@sallyport/runtime/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSender as callbackSender, postSubscribePaid } from "../golden/webhooks/expected/callbacks/send.js";
import { createSender, paymentArrived } from "../golden/webhooks/expected/webhooks/send.js";
import { createApi, type PaymentArrivedCall } from "../golden/webhooks/expected/webhooks/server.js";
import { makeAuthority } from "../support/certificates.js";
import { failureOf, type Origin, startOrigin } from "../support/client.js";

const heard: PaymentArrivedCall[] = [];
const lines: AuditLine[] = [];
const keys = memoryKeys();
const payment = { id: "p1", amount: 5 };
let subscriber: Server;
let listener: Origin;
let ca: string;
let key: string;
let leaf: { readonly cert: string; readonly key: string };

const options = (paths: Readonly<Record<string, string>> = {}) => ({
  handlers: {
    default: {
      paymentArrived: (call: PaymentArrivedCall) => {
        heard.push(call);
        return { status: 204 } as const;
      },
    },
  },
  schemes: { signature: apiKeys({ store: keys }) },
  audit: { write: (line: AuditLine) => void lines.push(line) },
  paths,
});

beforeAll(async () => {
  const authority = await makeAuthority();
  leaf = await authority.issue();
  ca = authority.cert;
  ({ key } = await createApiKey({ store: keys, owner: "the bank" }));
  const api = createApi(options({ paymentArrived: "/hooks/payments" }));
  subscriber = await listen(api, { port: 0, host: "127.0.0.1", tls: leaf });
  listener = await startOrigin((_, response) => void response.writeHead(204).end(), leaf);
});
beforeEach(() => {
  heard.length = 0;
  lines.length = 0;
  (listener.requests as unknown[]).length = 0;
});
afterAll(async () => {
  await subscriber.close();
  await listener.close();
});

describe("webhooks, from the API that sends them to the subscriber that serves them", () => {
  const origin = () => `https://localhost:${subscriber.port}`;
  const sender = (credential: string) =>
    createSender({ allow: [origin()], ca, auth: { signature: apiKey(credential) } });

  it("arrive where the subscriber takes them, typed, guarded and audited", async () => {
    await paymentArrived(sender(key), `${origin()}/hooks/payments`, { body: payment });
    expect(heard.map(({ body, principal }) => [{ ...body }, principal.id])).toEqual([[payment, "the bank"]]);
    expect(lines).toMatchObject([{ event: "payment.arrived", outcome: "allowed" }]);
  });

  it("do not pass without the credential, nor otherwise than described, nor elsewhere", async () => {
    const url = `${origin()}/hooks/payments`;
    const codeOf = async (call: Promise<unknown>) => (await failureOf(call)).code;
    expect(await codeOf(paymentArrived(sender(`${key.slice(0, -2)}xx`), url, { body: payment }))).toBe(
      "unauthenticated",
    );
    expect(await codeOf(paymentArrived(sender(key), url, { body: { ...payment, amount: 0 } }))).toBe("invalid_input");
    expect(await codeOf(paymentArrived(sender(key), `${origin()}/payment-arrived`, { body: payment }))).toBe(
      "not_found",
    );
    expect(await codeOf(paymentArrived(createSender({ allow: [origin()], ca }), url, { body: payment }))).toBe(
      "credential_missing",
    );
    expect(heard).toEqual([]);
  });

  it("have no path but a path, and no handler is left out", () => {
    for (const path of ["hooks", "/a/../b", "/{x}", "/a b", ""]) {
      expect(() => createApi(options({ paymentArrived: path }))).toThrow(StartError);
    }
    expect(() => createApi(options({ nothing: "/a" }))).toThrow(StartError);
    expect(() => createApi({ ...options(), handlers: {} as never })).toThrow(StartError);
  });
});

describe("callbacks, to the URL that the request gave", () => {
  const asked = (url: string) => ({ request: { header: { "x-tenant": "a b&c" }, body: { url } } });

  it("are sent there, when its origin is allowed", async () => {
    const sender = callbackSender({ allow: [listener.url], ca });
    expect(await postSubscribePaid(sender, asked(`${listener.url}/hook`), { body: payment })).toBeUndefined();
    expect(listener.requests).toMatchObject([
      { method: "POST", url: "/hook/paid?by=a%20b%26c", body: JSON.stringify(payment) },
    ]);
  });

  it.each(["https://127.0.0.1", "http://169.254.169.254", "https://evil.example/hook", "https://[::ffff:127.0.0.1]"])(
    "API7 are not sent to %s",
    async (url) => {
      const sender = callbackSender({ allow: [listener.url], ca });
      const failure = await failureOf(postSubscribePaid(sender, asked(url), { body: payment }));
      expect(failure.code).toBe("target_refused");
      expect(listener.requests).toEqual([]);
    },
  );
});
