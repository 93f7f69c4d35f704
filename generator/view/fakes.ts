import { useModuleTypes, useType } from "../code/identifier.js";
import { literal } from "../code/literal.js";
import { generic, type Member, object, typeLiteral } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Api, Operation } from "../model/api.js";
import { operationDoc, typeName } from "./names.js";
import { repliesType } from "./replies.js";
import { sensitiveOf } from "./sensitive.js";
import { type Components, componentsOf } from "./typescript/components.js";
import type { View } from "./view.js";

/** fakes.ts: what tests of callers answer in place of the server, typed by the spec. */
export function fakesView(api: Api): View {
  const components = componentsOf(api);
  const answers = typeLiteral(
    api.operations.map((one) => answerMember(one, components)),
    { open: true },
  );
  const { names, whole } = sensitiveOf(api);
  return {
    template: "fakes",
    data: {
      answers,
      hasSchemas: components.areUsed(),
      sensitive: object([
        { key: "names", value: literal(names) },
        { key: "whole", value: literal(whole) },
      ]),
    },
  };
}

function answerMember(operation: Operation, components: Components): Member {
  const input = code`${useModuleTypes("wire", "./wire.js")}.${typeName(operation.id, "Input")}`;
  const answer = useType("Answer", "@sallyport/runtime/testing");
  return {
    key: operation.id,
    optional: true,
    type: generic(answer, [input, repliesType(operation, components)]),
    doc: operationDoc(operation),
  };
}
