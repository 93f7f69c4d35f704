import type { Wire } from "@sallyport/runtime/policy";
import { print } from "../../generator/code/print.js";
import { lower } from "../../generator/lower/lower.js";
import { settle } from "../../generator/settle/settle.js";
import type { Fields } from "../../generator/view/view.js";
import { wireView } from "../../generator/view/wire.js";
import { specOf } from "../unit/generator/view/spec.js";

/**
 * The wire tables that would be emitted for operations, one for each list of parameters or body.
 * @param pathOf the path of each, by its number.
 */
export function wiresOf(operations: readonly object[], pathOf = (at: number) => `/o${at}/{it}`): readonly Wire[] {
  const entries = operations.map((operation, at) => [
    pathOf(at),
    { post: { operationId: `o${at}`, security: [], responses: { 204: { description: "" } }, ...operation } },
  ]);
  const api = settle(lower(specOf({ openapi: "3.2.0", info: {}, paths: Object.fromEntries(entries) }), {}));
  const { operations: printed } = wireView(api).data as { operations: readonly Fields[] };
  const byId = new Map(api.operations.map(({ id }, at) => [id, print(printed[at]?.value as never)] as const));
  return operations.map((_, at) => new Function(`return ${byId.get(`o${at}`)}`)() as Wire);
}
