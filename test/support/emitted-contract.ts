import { multipart } from "@sallyport/runtime/multipart";
import type { OperationPolicy, Wire } from "@sallyport/runtime/policy";
import * as policyModule from "@sallyport/runtime/policy";
import type { Contract, StandardSchema } from "@sallyport/runtime/server";
import { transformSync } from "esbuild";
import { lower } from "../../generator/lower/lower.js";
import { render } from "../../generator/render/engine.js";
import { settle } from "../../generator/settle/settle.js";
import { type LoadOptions, loadSpec } from "../../generator/source/load.js";
import { viewsOf } from "../../generator/view/files.js";

/** A schema that lets everything through: what a call may hold is not what is tested. */
const anything: StandardSchema = { "~standard": { validate: (value) => ({ value }) } };

/** The contract that a spec's emitted files make, but for what its schemas would refuse. */
export async function contractOfSpec(options: Pick<LoadOptions, "entry" | "overlays" | "cwd">): Promise<Contract> {
  const spec = await loadSpec({ ...options, allowWidening: true });
  const api = settle(lower(spec, {}));
  const texts = new Map<string, string>();
  for (const view of await viewsOf(api, spec, ["policy", "wire"]))
    if (!("text" in view)) texts.set(view.path, render(view));
  const policy = exportsOf(texts.get("policy.ts") ?? "");
  const wire = exportsOf(texts.get("wire.ts") ?? "");
  const operations = api.operations.map(({ id, group, request, responses }) => {
    const schemas = {
      path: anything,
      query: anything,
      header: anything,
      cookie: anything,
      body: Object.fromEntries((request.body?.media ?? []).map((one) => [one.type, anything])),
      responses: Object.fromEntries(
        (responses.length > 0 ? responses : [{ status: "default", media: [] }]).map(({ status, media }) => [
          status,
          Object.fromEntries(media.map((one) => [one.type, anything])),
        ]),
      ),
    };
    return [id, { group, policy: policy[id] as OperationPolicy, wire: wire[id] as Wire, schemas, multipart }] as const;
  });
  return { api: policy.api as Contract["api"], operations: Object.fromEntries(operations) };
}

function exportsOf(text: string): Record<string, unknown> {
  const { code } = transformSync(text, { loader: "ts", format: "cjs" });
  const module = { exports: {} as Record<string, unknown> };
  new Function("module", "exports", "require", code)(module, module.exports, () => policyModule);
  return module.exports;
}
