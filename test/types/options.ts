import type { ApiKeyCredential } from "@sallyport/runtime/client";
import type { Handler, Verifier } from "@sallyport/runtime/server";
import type { Auth } from "../../examples/bank/generated/client.js";
import type { FreezeAccountCall, GetHealthCall, Handlers, Options } from "../../examples/bank/generated/server.js";

// Compile-time witnesses: what is missing, or of the wrong kind, does not compile. tsc reads this file; nothing runs it.

declare const handlers: Handlers;
declare const options: Options;
declare const token: Verifier<"token">;
declare const key: Verifier<"apiKey">;
declare const apiKeyCredential: ApiKeyCredential;

/** Everything is there. */
export const complete: Options = {
  handlers,
  schemes: { oidc: token, partnerKey: key },
  objects: options.objects,
  rules: options.rules,
};

const { freezeAccount: _freeze, ...admin } = { ...handlers.admin };
// @ts-expect-error a handler is missing
export const missingHandler: Handlers = { ...handlers, admin };

const { admin: _admin, ...groups } = handlers;
// @ts-expect-error a group of handlers is missing
export const missingGroup: Handlers = groups;

// @ts-expect-error a verifier is missing
export const missingVerifier: Options["schemes"] = { oidc: token };

// @ts-expect-error a verifier is of another kind
export const wrongVerifier: Options["schemes"] = { oidc: key, partnerKey: key };

// @ts-expect-error a loader is missing
export const missingLoader: Options["objects"] = {};

// @ts-expect-error a rule of the API's own is missing
export const missingRule: Options["rules"] = {};

// @ts-expect-error a loader forgets whose the object is
export const ownerless: Options["objects"]["Account"] = (id) => ({ id, name: "", balance: 0, state: "open" as const });

// @ts-expect-error an undeclared status
export const undeclared: Handlers["admin"]["freezeAccount"] = () => ({ status: 201 });

/** Where a credential is required, the principal is never null; where none is, there is none. */
export const principalIs: Handler<FreezeAccountCall, { readonly status: 204 }> = ({ principal }) => {
  principal.id satisfies string;
  principal.claims.sub satisfies string;
  principal.roles.has("teller");
  // @ts-expect-error a role that there is not
  principal.roles.has("Teller");
  // @ts-expect-error a claim that no guard has proved
  principal.claims.email satisfies string;
  // @ts-expect-error no scheme of this API maps a tenant
  principal.tenant satisfies string;
  return { status: 204 };
};
// @ts-expect-error a public operation has no principal
export type NoPrincipal = GetHealthCall["principal"];

// @ts-expect-error a credential of another kind
export const wrongCredential: Auth = { oidc: apiKeyCredential };
