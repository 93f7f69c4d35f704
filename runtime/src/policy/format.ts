/**
 * The version of the policy format that this runtime understands. Generated code states the format it was written for, and
 * `createApi` and `createClient` refuse one they do not know: a policy that is half understood is a hole.
 */
export const policyFormat = 1;
