// Express 5 with express-openapi-validator (security, request, response) over the same spec, jose and express-rate-limit.
import { readFileSync } from "node:fs";
import { facts, find, peer, ready, writeLine } from "./about.mjs";

const express = (await peer("express")).default;
const validator = await peer("express-openapi-validator");
const { rateLimit } = await peer("express-rate-limit");
const { importSPKI, jwtVerify } = await peer("jose");
const { parse } = await peer("yaml");
const key = await importSPKI(facts.pem, "RS256");
const apiSpec = parse(readFileSync(new URL("../spec.yaml", import.meta.url), "utf8"));
// It reads 3.0 and 3.1, and takes the path of the server for its base.
apiSpec.servers = [{ url: "/" }];

const app = express();
app.use(rateLimit({ windowMs: 3_600_000, limit: 100_000_000, standardHeaders: "draft-8", legacyHeaders: false }));
app.use(
  (validator.middleware ?? validator.default.middleware)({
    apiSpec,
    validateResponses: { removeAdditional: "all" },
    validateSecurity: {
      handlers: {
        token: async (request) => {
          const token = request.headers.authorization?.slice("Bearer ".length) ?? "";
          const { issuer, audience } = facts;
          request.user = (await jwtVerify(token, key, { algorithms: ["RS256"], issuer, audience })).payload;
          return true;
        },
      },
    },
  }),
);
app.get("/accounts/:accountId", (request, response) => {
  const { user, params } = request;
  if (!user.roles.includes("teller")) return response.status(403).end();
  const account = find(params.accountId);
  if (account?.ownerId !== user.sub) return response.status(404).end();
  const line = { at: new Date().toISOString(), event: "account.read", principal: user.sub, subject: params.accountId };
  writeLine(`${JSON.stringify(line)}\n`);
  response.json({ ...account });
});
const server = app.listen(0, "127.0.0.1", () => ready(server.address().port));
