/** Parameters in and out: what one half encodes the other decodes. */
export { decodeCookie, encodeCookies } from "./cookie-fields.js";
export type { Decoded } from "./decoded.js";
export { decodeHeader, encodeHeaders } from "./header-fields.js";
export { decodePath, encodePath } from "./path.js";
export { decodeQuery, encodeQuery } from "./query.js";
export { EncodingError } from "./scalar.js";
