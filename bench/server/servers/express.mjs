// Express 5 with express-openapi-validator (security, request, response) over the same spec, jose and express-rate-limit.
import { readFileSync } from "node:fs";
import { find, pay, peer, ready, remember } from "./about.mjs";
import { verify } from "./verify.mjs";

const express = (await peer("express")).default;
const validator = await peer("express-openapi-validator");
const { rateLimit } = await peer("express-rate-limit");
const { parse } = await peer("yaml");
const apiSpec = parse(readFileSync(new URL("../spec.yaml", import.meta.url), "utf8"));
// It reads 3.0 and 3.1, and takes the path of the server for its base.
apiSpec.servers = [{ url: "/" }];

const app = express();
app.use(rateLimit({ windowMs: 3_600_000, limit: 100_000_000, standardHeaders: "draft-8", legacyHeaders: false }));
app.use(express.json());
app.use(
  (validator.middleware ?? validator.default.middleware)({
    apiSpec,
    validateResponses: { removeAdditional: "all" },
    validateSecurity: {
      handlers: {
        token: async (request) => {
          request.user = await verify(request.headers.authorization);
          return true;
        },
      },
    },
  }),
);
const guard = (request, response, next) => {
  const { user, params } = request;
  if (!user.roles.includes("teller")) return response.status(403).end();
  request.account = find(params.accountId);
  return request.account?.ownerId === user.sub ? next() : response.status(404).end();
};
app.get("/accounts/:accountId", guard, (request, response) => {
  remember("account.read", request.user.sub, request.params.accountId);
  response.json({ ...request.account });
});
app.post("/accounts/:accountId/payments", guard, (request, response) => {
  remember("payment.create", request.user.sub, request.params.accountId);
  response.status(201).json(pay(request.body));
});
app.use((error, _request, response, _next) => response.status(error.status ?? 500).json({ message: error.message }));
const server = app.listen(0, "127.0.0.1", () => ready(server.address().port));
