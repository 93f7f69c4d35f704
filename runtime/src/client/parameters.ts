import { encodeCookies, encodeHeaders, encodePath, encodeQuery } from "../http/fields.js";
import { plainQuery } from "../http/plain.js";
import type { Writer } from "./contract.js";
import { lowerCased } from "./lower-cased.js";

/** A path with parameters in every style of OpenAPI. Without it a path has texts in the style `simple`. */
export const styledPath: Writer = ({ operation: { policy, wire }, values }) => ({
  path: encodePath(policy.path, wire.path ?? [], values),
});

/** A query of texts and lists of texts, as OpenAPI has it by default. */
export const query: Writer = ({ operation: { wire }, values }) => ({ query: plainQuery(wire.query ?? [], values) });

/** A query with parameters in every style of OpenAPI. */
export const styledQuery: Writer = ({ operation: { wire }, values }) => ({
  query: encodeQuery(wire.query ?? [], values),
});

/** Header parameters. */
export const headers: Writer = ({ operation: { wire }, values }) => ({
  headers: lowerCased(encodeHeaders(wire.header ?? [], values)),
});

/** Cookie parameters. */
export const cookies: Writer = ({ operation: { wire }, values }) => {
  const pairs = encodeCookies(wire.cookie ?? [], values).map(([name, text]) => `${name}=${text}`);
  return pairs.length === 0 ? {} : { headers: { cookie: pairs.join("; ") } };
};
