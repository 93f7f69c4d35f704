import { type BreakerOptions, circuitBreaker, connect, Failure, type Transport } from "@sallyport/runtime/client";
import { describe, expect, it } from "vitest";
import { clientPolicy, failureOf, operation } from "../../../support/client.js";

type Outcome = number | "network" | "tls";

function open(outcomes: Outcome[], options: BreakerOptions = {}) {
  let now = 0;
  let sent = 0;
  const transport: Transport = {
    send: async () => {
      sent += 1;
      const outcome = outcomes.shift() ?? 200;
      if (typeof outcome === "string") throw new Failure(outcome, "no");
      return { status: outcome, headers: {}, body: new Uint8Array() };
    },
    close: async () => {},
  };
  const breaker = circuitBreaker({ failures: 3, pause: "10s", now: () => now, ...options });
  const caller = connect(clientPolicy(), { baseUrl: "https://api.test", transport, interceptors: [breaker] });
  const codeOf = async () => {
    try {
      await caller.send(operation(), {});
      return "fine";
    } catch (thrown) {
      return (thrown as Failure).code;
    }
  };
  return {
    caller,
    sent: () => sent,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    calls: async (count: number) => {
      const codes: string[] = [];
      for (let call = 0; call < count; call += 1) codes.push(await codeOf());
      return codes;
    },
    codeOf,
  };
}

describe("a circuit breaker", () => {
  it("opens after so many failures in a row, and then nothing is sent", async () => {
    const { calls, sent, caller } = open([503, "network", 500]);
    expect(await calls(5)).toEqual(["server_error", "network", "server_error", "circuit_open", "circuit_open"]);
    expect(sent()).toBe(3);
    expect(await failureOf(caller.send(operation(), {}))).toMatchObject({ retryAfter: 10_000 });
  });

  it("is not opened by failures with a success between them, nor by what the caller did wrong", async () => {
    const { calls, sent } = open([503, 503, 200, 503, 503, 404, 429, 422, "tls", 503, 503, 200]);
    expect(await calls(12)).not.toContain("circuit_open");
    expect(sent()).toBe(12);
  });

  it("after the pause one attempt finds out, alone", async () => {
    const { calls, codeOf, pass, sent } = open([503, 503, 503, 200]);
    await calls(3);
    pass(9_999);
    expect(await codeOf()).toBe("circuit_open");
    pass(1);
    const [probe, other] = await Promise.all([codeOf(), codeOf()]);
    expect([probe, other]).toEqual(["fine", "circuit_open"]);
    expect(await calls(3)).toEqual(["fine", "fine", "fine"]);
    expect(sent()).toBe(7);
  });

  it("the attempt that finds out opens it again when it fails", async () => {
    const { calls, pass, sent } = open([503, 503, 503, 503, "tls", 200]);
    await calls(3);
    pass(10_000);
    expect(await calls(2)).toEqual(["server_error", "circuit_open"]);
    pass(10_000);
    // It says nothing of the server: the next one finds out.
    expect(await calls(2)).toEqual(["tls", "fine"]);
    expect(sent()).toBe(6);
  });

  it("each origin has its own", async () => {
    const breaker = circuitBreaker({ failures: 1 });
    const call = async (baseUrl: string, status: number) => {
      const transport: Transport = {
        send: async () => ({ status, headers: {}, body: new Uint8Array() }),
        close: async () => {},
      };
      return connect(clientPolicy(), { baseUrl, transport, interceptors: [breaker] }).send(operation(), {});
    };
    await failureOf(call("https://a.test", 500));
    expect((await failureOf(call("https://a.test", 200))).code).toBe("circuit_open");
    await expect(call("https://b.test", 200)).resolves.toBeUndefined();
  });

  it.each([0, -1, 1.5, Number.NaN])("failures: %d is refused", (failures) => {
    expect(() => circuitBreaker({ failures })).toThrow(/at least 1/);
  });
});
