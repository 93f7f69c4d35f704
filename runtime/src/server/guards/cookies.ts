import { type ApiKeyScheme, type CookieRules, defaultCookie } from "../../policy/index.js";
import { internal } from "../../problem/refusals.js";
import type { Guard } from "../guard.js";
import type { Projected } from "../states.js";

/**
 * Holds handlers to what the spec says of a cookie that carries a credential (ASVS 3.3.1 to 3.3.4): one that is set without its attributes is
 * a failure of ours, and never sent.
 */
export const cookies: Guard<Projected, Projected> = {
  name: "cookies",
  compile: ({ id }, { api }) => {
    const schemes = Object.values(api.schemes).filter((one) => one.kind === "apiKey" && one.in === "cookie");
    const rules = new Map(
      schemes.map((one) => [(one as ApiKeyScheme).name, (one as ApiKeyScheme).cookie ?? defaultCookie]),
    );
    if (rules.size === 0) return undefined;
    return (call) => {
      const set = call.projection.headers.filter(
        (_, at, all) => at % 2 === 1 && all[at - 1]?.toLowerCase() === "set-cookie",
      );
      const fault = set.map((line) => faultOf(line, rules)).find((one) => one !== undefined);
      return fault === undefined ? call : internal(new Error(`${id}: ${fault}`));
    };
  },
};

function faultOf(line: string, rules: ReadonlyMap<string, CookieRules>): string | undefined {
  const [pair = "", ...rest] = line.split(";").map((part) => part.trim());
  const name = pair.slice(0, pair.indexOf("="));
  const rule = rules.get(name);
  if (rule === undefined) return undefined;
  const attributes = new Map(
    rest.map((part) => [part.replace(/=.*$/s, "").toLowerCase(), part.replace(/^[^=]*=?/, "")]),
  );
  if (!attributes.has("secure")) return `the cookie ${name} is set without Secure`;
  if (!attributes.has("httponly")) return `the cookie ${name} is set without HttpOnly`;
  if (attributes.get("samesite")?.toLowerCase() !== rule.sameSite)
    return `the cookie ${name} is set without SameSite=${rule.sameSite}`;
  if (!rule.hostPrefix) return undefined;
  // RFC 6265bis, 4.1.3.2: a browser drops a __Host- cookie of any other shape, and the session with it.
  return attributes.get("path") === "/" && !attributes.has("domain")
    ? undefined
    : `the cookie ${name} is set without Path=/, or with a Domain`;
}
