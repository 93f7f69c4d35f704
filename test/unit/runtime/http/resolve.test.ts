import { afterEach, describe, expect, it, vi } from "vitest";
import { systemResolve } from "../../../../runtime/src/http/urls/resolve.js";

afterEach(() => void vi.restoreAllMocks());

type Records = () => Promise<readonly string[]>;
const failing =
  (code: string): Records =>
  () =>
    Promise.reject(Object.assign(new Error(code), { code }));

/** The resolver of a system whose name servers answer so. */
function asking(a: Records, aaaa: Records) {
  const cancel = vi.fn();
  class Resolver {
    readonly resolve4 = a;
    readonly resolve6 = aaaa;
    readonly cancel = cancel;
  }
  vi.spyOn(process, "getBuiltinModule").mockReturnValue({ promises: { Resolver } } as never);
  const controller = new AbortController();
  const resolve = systemResolve();
  return { controller, cancel, addresses: resolve?.("a.example", { signal: controller.signal }) };
}

describe("the system's name servers", () => {
  it("answer with all addresses of a name, of both families", async () => {
    const { addresses } = asking(
      async () => ["192.0.2.1", "192.0.2.2"],
      async () => ["2001:db8::1"],
    );
    expect(await addresses).toEqual(["192.0.2.1", "192.0.2.2", "2001:db8::1"]);
  });

  it.each(["ENOTFOUND", "ENODATA", "EBADNAME"])("%s is a name without addresses", async (code) => {
    expect(await asking(failing(code), failing(code)).addresses).toEqual([]);
    expect(await asking(async () => ["192.0.2.1"], failing(code)).addresses).toEqual(["192.0.2.1"]);
  });

  it.each(["ESERVFAIL", "ETIMEOUT", "ECONNREFUSED"])(
    "%s of either family: nobody knows all addresses",
    async (code) => {
      await expect(asking(failing(code), async () => ["2001:db8::1"]).addresses).rejects.toThrow(code);
      await expect(asking(async () => ["192.0.2.1"], failing(code)).addresses).rejects.toThrow(code);
    },
  );

  it("are not waited for when nobody waits any more", async () => {
    const { controller, cancel } = asking(
      () => new Promise(() => {}),
      () => new Promise(() => {}),
    );
    controller.abort();
    expect(cancel).toHaveBeenCalledOnce();
  });

  it("are not asked for localhost (RFC 6761)", async () => {
    expect(await systemResolve()?.("localhost", { signal: AbortSignal.abort() })).toEqual(["127.0.0.1", "::1"]);
  });
});
