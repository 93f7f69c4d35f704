import { verifier } from "@sallyport/runtime/server";

const machines = new Map([["m-17", { id: "machine:m-17", roles: ["reader"] }]]);

/** `X-Machine: m-17`: a scheme of the spec with `type: apiKey, in: header, name: X-Machine`. */
export const machine = verifier({
  kind: "apiKey",
  verify: (exchange) => {
    const [name, ...more] = exchange.headers.all("x-machine");
    if (name === undefined) return "none";
    return more.length > 0 ? "bad" : (machines.get(name) ?? "bad");
  },
});
