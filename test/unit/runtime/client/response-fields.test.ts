import { describe, expect, expectTypeOf, it } from "vitest";
import { createClient } from "../../../golden/bodies/expected/client.js";
import { createClient as createRegister } from "../../../golden/int64-string/expected/client.js";

function reportWith(headers: Readonly<Record<string, string>>) {
  const transport = {
    send: async () => ({
      status: 200,
      headers: { "content-type": "application/json", ...headers },
      body: Buffer.from("{}"),
    }),
    close: async () => {},
  };
  return createClient({ baseUrl: "https://api.test", transport }).default.report().safe();
}

describe("the header fields of an answer", () => {
  it("are read as the spec says, and typed", async () => {
    const result = await reportWith({ "x-total": "3", "x-tags": "a, b", "x-other": "x" });
    if (!result.ok) throw result.failure;
    expect({ ...result.response.fields }).toEqual({ "X-Total": 3, "X-Tags": ["a", "b"] });
    expect(result.response.headers["x-other"]).toBe("x");
    expectTypeOf(result.response.fields["X-Total"]).toEqualTypeOf<number | undefined>();
    expectTypeOf(result.response.fields["X-Tags"]).toEqualTypeOf<readonly string[] | undefined>();
  });

  it("that are missing are absent", async () => {
    const result = await reportWith({ "x-tags": "" });
    if (!result.ok) throw result.failure;
    expect({ ...result.response.fields }).toEqual({ "X-Tags": [] });
  });

  it("of a range are none of a status that is declared without them", async () => {
    const fieldsOf = async (status: number) => {
      const headers = { "content-type": "application/json", "x-ticket": "9" };
      const send = async () => ({ status, headers, body: Buffer.from('{"id":1}') });
      const client = createRegister({ baseUrl: "https://api.test", transport: { send, close: async () => {} } });
      const result = await client.default.register({ body: { id: "1", kind: "cat" } }).safe();
      if (!result.ok) throw result.failure;
      return { ...result.response.fields };
    };
    expect(await fieldsOf(200)).toEqual({});
    expect(await fieldsOf(203)).toEqual({ "X-Ticket": "9" });
  });
});
