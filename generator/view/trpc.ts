import { DiagnosticError } from "../code/diagnostic.js";
import { propertyKey, use, useModuleTypes, useType } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { literal } from "../code/literal.js";
import { call, generic, object, typeLiteral } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Api, Operation } from "../model/api.js";
import { isWide } from "../model/held.js";
import { needsInput } from "./input.js";
import { codecOf } from "./media.js";
import { groupsOf, modules, typeName } from "./names.js";
import { holdsValues } from "./sent.js";
import { type Components, componentsOf } from "./typescript/components.js";
import type { View } from "./view.js";
import { defaultOptions, type SchemaOptions } from "./zod/context.js";

/**
 * trpc.ts: the operations as procedures of a tRPC router.
 * @throws DiagnosticError where a procedure would have a bigint.
 */
export function trpcView(api: Api, { values }: Pick<SchemaOptions, "values"> = defaultOptions): View {
  const procedures = api.operations.filter(isWhole);
  if (values.int64 === "bigint") refuseBigints(procedures, componentsOf(api));
  const groups = groupsOf({ ...api, operations: procedures });
  return {
    template: "trpc",
    data: {
      procedures: typeLiteral(
        groups.map(({ name, operations }) => ({
          key: name,
          type: typeLiteral(
            operations.map((one) => ({ key: one.id, type: procedureType(one) })),
            { open: true },
          ),
        })),
        { open: true },
      ),
      groups: groups.map(({ name, operations }) => ({
        key: propertyKey(name),
        value: object(
          operations.map((one) => ({ key: one.id, value: call(use(kindOf(one), modules.trpc), [literal(one.id)]) })),
          { open: true },
        ),
      })),
    },
  };
}

/** tRPC writes JSON.stringify's JSON, which has no bigints. */
function refuseBigints(operations: readonly Operation[], components: Components): void {
  const refused = operations.filter((one) => holdsValues(one, components, isWide));
  if (refused.length === 0) return;
  throw new DiagnosticError(
    refused.map(({ id, at }) => ({
      code: "SP413",
      severity: "error",
      message: `${id} has a bigint, which tRPC cannot write.`,
      fix: "Choose int64: string, or leave trpc out: --only server,client.",
      at,
    })),
  );
}

/** tRPC carries values, not streams: what is read or written piece by piece is for HTTP alone. */
function isWhole({ request, responses }: Operation): boolean {
  const media = [
    ...(request.body?.media ?? []),
    ...responses.filter((one) => one.status.startsWith("2")).flatMap((one) => one.media),
  ];
  return media.every(({ type }) => ["json", "form", "text"].includes(codecOf(type)));
}

/** RFC 9110, 9.2.1: what is safe is a query. QUERY is as safe as GET, and carries a body. */
function kindOf({ method }: Operation): "query" | "mutation" {
  return ["GET", "HEAD", "OPTIONS", "QUERY"].includes(method.toUpperCase()) ? "query" : "mutation";
}

function procedureType(operation: Operation): Code {
  const wire = useModuleTypes("wire", "./wire.js");
  const kind = useType(kindOf(operation) === "query" ? "Query" : "Mutation", modules.trpc);
  const input = code`${wire}.${typeName(operation.id, "Input")}${needsInput(operation) ? code`` : code` | undefined`}`;
  return generic(kind, [input, code`${wire}.${typeName(operation.id, "Output")}`]);
}
