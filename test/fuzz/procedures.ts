import fc from "fast-check";
import type { Operation, Parameter, Spec } from "./requests.js";
import { type Find, mutated, valuesOf } from "./values.js";

/** Calls of procedures of a tRPC router, most of them with something wrong in the input, the batch, or the envelope. */
export function callsOf(spec: Spec, isQuery: (id: string) => boolean, ids: readonly string[]): fc.Arbitrary<Buffer> {
  const find: Find = (reference) => spec.components.schemas[reference.split("/").at(-1) ?? ""] ?? {};
  const all = Object.values(spec.paths).flatMap((item) => {
    const { parameters: shared = [], ...operations } = item as Record<string, Operation> & {
      readonly parameters?: readonly Parameter[];
    };
    return Object.values(operations)
      .filter(({ operationId = "" }) => ids.includes(operationId))
      .map(({ operationId = "", parameters = [], requestBody }) => {
        const fields = [...shared, ...parameters].map(
          ({ name, schema, content }) =>
            [name, valuesOf(schema ?? Object.values(content ?? {})[0]?.schema ?? {}, find)] as const,
        );
        const body = Object.values(requestBody?.content ?? {})[0]?.schema;
        const own = body === undefined ? [] : [["body", valuesOf(body, find)] as const];
        const fitting = fc.record(Object.fromEntries([...fields, ...own]));
        const input = fc.oneof(
          { weight: 5, arbitrary: fitting },
          { weight: 4, arbitrary: mutated(fitting) },
          fc.jsonValue(),
        );
        return fc
          .tuple(input, fc.nat(9), fc.nat(20))
          .map(([one, how, cut]) => written(operationId, isQuery(operationId), one, how, cut));
      });
  });
  return fc.oneof(...all);
}

function written(id: string, isQuery: boolean, input: unknown, how: number, cut: number): Buffer {
  const batch = how === 1 || how === 2;
  const text = JSON.stringify(batch ? { 0: input, 1: input } : input) ?? "";
  const sent = how === 3 ? text.slice(0, cut) : text;
  const path = `/default.${id}${batch ? `,default.${how === 1 ? id : "nothing"}` : ""}`;
  const search = [
    batch ? "batch=1" : "",
    isQuery ? `input=${encodeURIComponent(sent.replace(/\p{Surrogate}/gu, ""))}` : "",
  ]
    .filter((one) => one !== "")
    .join("&");
  const body = Buffer.from(isQuery ? "" : sent);
  const head = [
    `${isQuery ? "GET" : how === 4 ? "GET" : "POST"} ${path}${search === "" ? "" : `?${search}`} HTTP/1.1`,
    "Host: api.example",
    ...(how === 5 ? [] : ["X-Key: good"]),
    ...(isQuery
      ? []
      : [`Content-Type: ${how === 6 ? "text/plain" : "application/json"}`, `Content-Length: ${body.length}`]),
    ...(how === 7 ? ["Accept: application/jsonl", "trpc-accept: application/jsonl"] : []),
    "Connection: close",
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}
