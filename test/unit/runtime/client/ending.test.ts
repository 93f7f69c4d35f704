import { describe, expect, it } from "vitest";
import type { ClientCall, Incoming, ProofRequest } from "../../../../runtime/src/client/contract.js";
import * as elsewhere from "../../../../runtime/src/client/ending.js";
import { CallEnding, outgoingOf, withHeaders, withUrl } from "../../../../runtime/src/client/ending.js";
import * as ofFetch from "../../../../runtime/src/client/ending-of-fetch.js";
import { Failure } from "../../../../runtime/src/client/failure.js";
import { credentials } from "../../../../runtime/src/client/interceptors/credentials.js";
import type { ApiPolicy } from "../../../../runtime/src/policy/index.js";

const request = { method: "GET", url: "https://api.example/a", headers: {}, body: undefined };

/** An ending that tells how often somebody has asked for its signal. */
class Watched extends CallEnding {
  asked = 0;
  override get signal(): AbortSignal {
    this.asked += 1;
    return super.signal;
  }
}

describe("the signal of a request", () => {
  it("is not made before somebody asks for it", () => {
    const ending = new Watched();
    const outgoing = withUrl(withHeaders(outgoingOf(request, ending), { a: "b" }), "https://api.example/b");
    expect(ending.asked).toBe(0);
    expect(outgoing).toMatchObject({
      method: "GET",
      url: "https://api.example/b",
      headers: { a: "b" },
      streams: false,
    });
    expect(outgoing.signal).toBeInstanceOf(AbortSignal);
  });

  it("is there in what is spread from the request, and ends with the call", () => {
    const ending = new CallEnding();
    const spread = { ...outgoingOf(request, ending), url: "https://api.example/b" };
    const reason = new Failure("aborted", "The caller aborted the call");
    expect(spread.signal.aborted).toBe(false);
    ending.end(reason);
    expect(spread.signal.reason).toBe(reason);
    expect(outgoingOf(request, ending).signal.reason).toBe(reason);
  });

  it("is each request's own", () => {
    const [one, other] = [new CallEnding(), new CallEnding()];
    const requests = [outgoingOf(request, one), outgoingOf(request, other)] as const;
    one.end(new Failure("aborted", "The caller aborted the call"));
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });
});

describe("the signal of a request that fetch sends", () => {
  it("ends with the call, in whatever is made of the request, and for a credential that is asked for it", () => {
    const ending = ofFetch.callEnding();
    const { withHeaders, withUrl, endOf, askedFor } = ofFetch;
    const outgoing = withUrl(withHeaders(ofFetch.outgoingOf(request, ending), { a: "b" }), "https://api.example/b");
    const facts = { scheme: "oidc", scopes: [], api: {} as ApiPolicy, origin: "https://api.example", now: () => 12 };
    const asked = askedFor(outgoing, facts);
    expect(outgoing).toMatchObject({ method: "GET", url: "https://api.example/b", headers: { a: "b" } });
    expect(endOf(outgoing)).toBeUndefined();
    const reason = new Failure("aborted", "The caller aborted the call");
    ending.end(reason);
    expect([endOf(outgoing), asked.signal.reason]).toEqual([reason, reason]);
  });

  it("is made by the same words as elsewhere", () => {
    expect(Object.keys(elsewhere)).toEqual(expect.arrayContaining(Object.keys(ofFetch)));
  });
});

describe("what a credential is asked", () => {
  it("holds the signal of the call, made when it is asked for, in whatever is spread from it", async () => {
    const ending = new Watched();
    const seen: ProofRequest[] = [];
    const prove = async (asked: ProofRequest) => {
      seen.push(asked);
      return { headers: { authorization: "Bearer t" } };
    };
    const ground = {
      api: {} as ApiPolicy,
      origin: "https://api.example",
      tls: undefined,
      proxy: undefined,
      now: () => 12,
    };
    const access = { kind: "restricted", anyOf: [{ allOf: [{ scheme: "oidc", needs: ["a:read"] }] }] } as never;
    const answered: Incoming = { status: 200, headers: {}, body: new Uint8Array() };
    const call = { outgoing: outgoingOf(request, ending) } as ClientCall;
    const sent: ClientCall[] = [];
    const configured = { oidc: { kind: "token", prove } as never };
    await credentials(
      access,
      configured,
      ground,
    )(async (one) => {
      sent.push(one);
      return answered;
    })(call);
    expect(ending.asked).toBe(0);
    expect(sent[0]?.outgoing.headers).toEqual({ authorization: "Bearer t" });
    const [asked] = seen;
    expect(asked).toMatchObject({ scheme: "oidc", scopes: ["a:read"], origin: "https://api.example" });
    expect(asked?.now()).toBe(12);
    ending.end(new Failure("aborted", "The caller aborted the call"));
    expect({ ...asked }.signal?.aborted).toBe(true);
  });
});
