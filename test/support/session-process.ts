/** A process that shares a session with others: it makes one call, and says how it ended. Started by tests. */
import { connect } from "@sallyport/runtime/client";
import { session } from "@sallyport/runtime/client/oauth";
import { fileStore } from "@sallyport/runtime/client/oauth/node";
import { anyOf, scheme } from "@sallyport/runtime/policy";
import { clientPolicy, operation } from "./client.js";

const [file = "", issuer = "", baseUrl = "", start = "0"] = process.argv.slice(2);
const oidc = session({ issuer, clientId: "app", clientSecret: "s", store: fileStore(file) });
const caller = connect(clientPolicy(), { baseUrl, auth: { oidc } });
// All at the same time.
await new Promise((wait) => setTimeout(wait, Math.max(0, Number(start) - Date.now())));
const outcome = await caller.send(operation({ access: anyOf({ allOf: [scheme("oidc")] }) }), {}).then(
  () => "ok",
  (thrown: { readonly code?: string }) => thrown.code ?? String(thrown),
);
await caller.close();
process.stdout.write(outcome);
