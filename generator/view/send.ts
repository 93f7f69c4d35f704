import { identifier, use, useModuleTypes, useType } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { call, parameters, typeLiteral } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Api, Operation } from "../model/api.js";
import { authMember } from "./client.js";
import { needsInput } from "./input.js";
import { modules, operationDoc, typeName } from "./names.js";
import { usedSchemes } from "./schemes.js";
import { sentCode } from "./sent.js";
import { type Components, componentsOf } from "./typescript/components.js";
import type { Fields, View } from "./view.js";

const type = (name: string) => useType(name, modules.outgoing);

/**
 * send.ts: one function for each webhook or callback that the API sends.
 * @param expressions of callbacks, by path: their URL comes from the exchange that asked for them. A webhook's is given.
 */
export function sendView(api: Api, expressions: ReadonlyMap<string, string>): View {
  const schemes = usedSchemes(api);
  const components = componentsOf(api);
  const taken = new Set(api.operations.map((one) => one.id));
  return {
    template: "send",
    data: {
      hasSchemes: schemes.length > 0,
      auth: typeLiteral(schemes.map(authMember), { open: true }),
      operations: api.operations.map((one) => functionData(one, expressions.get(one.path), components, taken)),
    },
  };
}

function functionData(
  operation: Operation,
  expression: string | undefined,
  components: Components,
  taken: ReadonlySet<string>,
): Fields {
  const { id } = operation;
  const wire = useModuleTypes("wire", "./wire.js");
  const where = expression === undefined ? code`url: string` : code`about: ${type("Exchanged")}`;
  const input = code`input: ${wire}.${typeName(id, "Input")}${needsInput(operation) ? code`` : code` = {}`}`;
  const url: Code =
    expression === undefined ? code`url` : call(use("urlOf", modules.outgoing), [literal(expression), code`about`]);
  const options = code`options?: ${useType("CallOptions", modules.client)}`;
  return {
    doc: operationDoc(operation, ...(operation.deprecated ? [{ tag: "deprecated" } as const] : [])),
    name: identifier(id),
    parameters: parameters([code`sender: ${type("Sender")}`, where, input, options]),
    output: code`Promise<${wire}.${typeName(id, "Output")}>`,
    sent: call(code`sender.send`, [sentCode(operation, components, taken), url, code`input`, code`options`]),
  };
}
