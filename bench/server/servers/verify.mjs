// For peers that have no verifier of their own: jose, as its documentation shows it.
import { facts, peer } from "./about.mjs";

const { importSPKI, jwtVerify } = await peer("jose");
const key = await importSPKI(facts.pem, "RS256");
const { issuer, audience } = facts;

/** The claims of a bearer token; it rejects where there is none, or a bad one. */
export async function verify(authorization = "") {
  const token = authorization.slice("Bearer ".length);
  return (await jwtVerify(token, key, { algorithms: ["RS256"], issuer, audience })).payload;
}
