/** A JSON value, as the spec holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
