import { Refusal } from "../../problem/refusal.js";
import { notFound, unsupportedVersion, versionGone, versionMissing } from "../../problem/refusals.js";
import { inService, offers } from "../editions.js";
import type { Guard } from "../guard.js";
import { type Matched, prove, type Versioned } from "../states.js";
import { versionReader } from "../version-readers.js";

/**
 * Finds out which version a call is for. One that there is not is refused, one that has ended is 410, and an operation that came later is
 * 404. A call that came in already decoded is of the version that its router was generated for, unless a header says otherwise.
 */
export const version: Guard<Matched, Versioned> = {
  name: "version",
  compile: ({ policy }, { api: { versioning }, editions }) => {
    if (versioning === undefined || editions === undefined) return undefined;
    const { strategy, current, missing, supported } = versioning;
    const until = new Map(editions.own.map(({ name, until: end }) => [name, end]));
    const offered = new Set(supported.filter((one) => offers(policy, one, supported)).map(({ name }) => name));
    const served = ({ at }: Pick<Matched, "at">) => inService(editions, at);
    const read = versionReader(versioning, (name) => until.has(name), served);
    const where = {
      path: "the path",
      header: `the header field ${versioning.name}`,
      mediaType: "Accept",
      query: `the parameter ${versioning.name}`,
    }[strategy];
    return (call) => {
      const isFlat = call.flat !== undefined;
      const said = isFlat && strategy !== "header" ? current : read(call);
      if (said instanceof Refusal) return said;
      const name = said ?? (missing === "current" || isFlat ? current : undefined);
      if (name === undefined) return versionMissing(where, served(call));
      const end = until.get(name);
      if (end === undefined) return unsupportedVersion(served(call));
      const known = prove(prove(call, "version", name), "isServed", true);
      if (call.at >= end) return versionGone(served(call));
      return offered.has(name) ? known : notFound();
    };
  },
};
