import * as oauth from "oauth4webapi";
import { Failure } from "../failure.js";
import { type Asking, askingOf, form, issued, judged } from "./authorization-server.js";
import type { TokenSource } from "./token-source.js";
import { patience, type Tokens } from "./tokens.js";

/** A sign-in that has begun: what must be known again when the user comes back. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636, 4.1: 32 octets of chance. It leaves the client in the token request only. */
  readonly verifier: string;
  readonly redirectUri: string;
}

/** Where sign-ins are kept between their two halves. `take` removes what it answers: state and nonce are good once. */
export interface PendingStore {
  readonly save: (pending: PendingSignIn) => void | Promise<void>;
  readonly take: (state: string) => PendingSignIn | undefined | Promise<PendingSignIn | undefined>;
}

/** How a user signs in (RFC 6749, 4.1, with PKCE). */
export interface SignInOptions extends TokenSource {
  /** Where the authorization server sends the user back to; registered with it. */
  readonly redirectUri: string;
  /** Further parameters of the request: `prompt`, `login_hint`, `acr_values`, `max_age`. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly pending: PendingStore;
  /** PKCE is used in any case; `true` takes a server at its word that does not publish that it knows S256. */
  readonly assumePkce?: boolean;
  readonly signal?: AbortSignal;
  /** The clock, for tests: milliseconds since 1970. */
  readonly now?: () => number;
}

const own = new Set("client_id redirect_uri response_type state nonce code_challenge code_challenge_method".split(" "));

/**
 * Begins a sign-in.
 * @returns the URL that the user's browser is sent to.
 * @throws Failure `configuration` where the authorization server does not know PKCE with S256 (RFC 9700, 2.1.1).
 */
export async function startSignIn(options: SignInOptions): Promise<string> {
  const { server } = await asked(options);
  if (server.authorization_endpoint === undefined)
    throw new Failure("configuration", "The authorization server has no authorization endpoint");
  const knows = server.code_challenge_methods_supported?.includes("S256");
  // Endpoints that code names have no metadata to say it.
  if (knows !== true && options.assumePkce !== true && options.issuer !== undefined)
    throw new Failure("configuration", "The authorization server does not say that it knows PKCE: see assumePkce");
  const odd = Object.keys(options.parameters ?? {}).find((name) => own.has(name));
  if (odd !== undefined) throw new Failure("configuration", `parameters.${odd} is not yours to set`);
  const pending: PendingSignIn = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    redirectUri: options.redirectUri,
  };
  await options.pending.save(pending);
  const url = new URL(server.authorization_endpoint);
  const parameters = form({
    ...options.parameters,
    client_id: options.clientId,
    redirect_uri: pending.redirectUri,
    response_type: "code",
    scope: options.scope,
    resource: options.resource,
    state: pending.state,
    nonce: isOpenId(options) ? pending.nonce : undefined,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
  });
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  return url.href;
}

/**
 * Ends a sign-in with the URL that the user came back to.
 * @throws Failure `credential_rejected` for a state that was not given out or was used before, another issuer (RFC 9207), another nonce, or
 * a user who declined.
 */
export async function finishSignIn(options: SignInOptions, landed: string | URL): Promise<Tokens> {
  const url = new URL(landed);
  const states = url.searchParams.getAll("state");
  const pending = states.length === 1 ? await options.pending.take(states[0] ?? "") : undefined;
  if (pending === undefined)
    throw new Failure("credential_rejected", "This sign-in was not begun here, or has been ended before");
  const asking = await asked(options);
  const { server, client } = asking;
  try {
    const answer = oauth.validateAuthResponse(server, client, url, pending.state);
    return await issued(() => exchange(options, asking, pending, answer), asking, (options.now ?? Date.now)());
  } catch (thrown) {
    throw judged(thrown);
  }
}

async function exchange(
  options: SignInOptions,
  { server, client, authentication, options: asking }: Asking,
  { redirectUri, verifier, nonce }: PendingSignIn,
  answer: URLSearchParams,
): Promise<oauth.TokenEndpointResponse> {
  const request = { ...asking, additionalParameters: form({ resource: options.resource }) };
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    answer,
    redirectUri,
    verifier,
    request,
  );
  const maxAge = options.parameters?.max_age;
  return oauth.processAuthorizationCodeResponse(server, client, response, {
    ...(isOpenId(options) ? { expectedNonce: nonce, requireIdToken: true } : {}),
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
  });
}

function isOpenId({ scope = "" }: SignInOptions): boolean {
  return scope.split(" ").includes("openid");
}

function asked(options: SignInOptions): Promise<Asking> {
  return askingOf(options)({ signal: options.signal ?? AbortSignal.timeout(patience) });
}

/** Sign-ins in the memory of this process, a hundred at most: those that never came back make room. */
export function memoryPending(): PendingStore {
  const all = new Map<string, PendingSignIn>();
  return {
    save: (pending) => {
      const [oldest] = all.keys();
      if (all.size >= 100 && oldest !== undefined) all.delete(oldest);
      all.set(pending.state, pending);
    },
    take: (state) => {
      const pending = all.get(state);
      all.delete(state);
      return pending;
    },
  };
}
