import * as z from "zod";
import { guardDepth } from "./depth.js";

/**
 * A schema that refers to itself, of the type that is written down where it stands: TypeScript cannot infer one, and would compare
 * whole zod types, which is slow.
 * @param make called when the first value is judged.
 */
export function recursive<Out, In = Out>(make: () => object): z.ZodType<Out, In> {
  const schema = z.lazy(make as () => z.ZodType<Out, In>);
  const internals: z.core.$ZodTypeInternals = schema._zod;
  const { parse } = internals;
  const guarded: typeof parse = (payload, ctx) =>
    guardDepth(payload, () => {
      const result = parse(payload, ctx);
      if (result instanceof Promise) throw new z.core.$ZodAsyncError();
      return result;
    });
  // Without checks of its own, a schema is run by what parses it.
  internals.parse = guarded;
  internals.run = guarded;
  return schema;
}
