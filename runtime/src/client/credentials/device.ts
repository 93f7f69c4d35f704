import * as oauth from "oauth4webapi";
import { Failure } from "../failure.js";
import { sleep as pause } from "../sleep.js";
import { type Asking, askingOf, form, issued, judged, withNonce } from "./authorization-server.js";
import type { TokenSource } from "./token-source.js";
import type { Tokens } from "./tokens.js";

/** What the user is shown, to sign in on another device. */
export interface DeviceCode {
  readonly userCode: string;
  readonly verificationUri: string;
  /** With the code in it: for a QR code. */
  readonly verificationUriComplete: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** How a device without a browser signs in. */
export interface DeviceOptions extends TokenSource {
  readonly show: (code: DeviceCode) => void | Promise<void>;
  readonly signal?: AbortSignal;
  /** The clock, for tests: milliseconds since 1970. */
  readonly now?: () => number;
  /** Waiting, for tests. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** How long one request may take (RFC 8628, 3.5: what takes longer slows the next ones down). */
const patience = 10_000;

/**
 * Signs in on another device (RFC 8628): shows a code, and asks until the user has entered it, at the pace that the server sets.
 * @throws Failure `credential_rejected` when the user declines or the code runs out.
 */
export async function signInByDevice(options: DeviceOptions): Promise<Tokens> {
  const { now = Date.now, signal = new AbortController().signal, sleep = pause } = options;
  const find = askingOf(options);
  const asking = () => find({ signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) });
  const device = await begin(options, await asking());
  const expiresAt = now() + device.expires_in * 1_000;
  await options.show({
    userCode: device.user_code,
    verificationUri: device.verification_uri,
    verificationUriComplete: device.verification_uri_complete,
    expiresAt,
  });
  // 3.2: 5 seconds where the server does not say.
  let interval = (device.interval ?? 5) * 1_000;
  while (now() + interval < expiresAt) {
    await sleep(interval, signal);
    try {
      return await poll(options, await asking(), device.device_code, now());
    } catch (thrown) {
      signal.throwIfAborted();
      interval = next(thrown, interval);
    }
  }
  throw new Failure("credential_rejected", "Nobody has entered the code in time: begin again");
}

async function begin(options: DeviceOptions, asking: Asking): Promise<oauth.DeviceAuthorizationResponse> {
  const { server, client, authentication, options: asked } = asking;
  if (server.device_authorization_endpoint === undefined)
    throw new Failure("configuration", "The authorization server has no device authorization endpoint");
  const parameters = form({ scope: options.scope, resource: options.resource });
  try {
    return await withNonce(async () =>
      oauth.processDeviceAuthorizationResponse(
        server,
        client,
        await oauth.deviceAuthorizationRequest(server, client, authentication, parameters, asked),
      ),
    );
  } catch (thrown) {
    throw judged(thrown);
  }
}

async function poll(options: DeviceOptions, asking: Asking, code: string, now: number): Promise<Tokens> {
  const { server, client, authentication, options: asked } = asking;
  const request = { ...asked, additionalParameters: form({ resource: options.resource }) };
  return issued(
    async () =>
      oauth.processDeviceCodeResponse(
        server,
        client,
        await oauth.deviceCodeGrantRequest(server, client, authentication, code, request),
      ),
    asking,
    now,
  );
}

/** RFC 8628, 3.5: pending goes on, slow_down adds 5 seconds for good, silence doubles the wait, and all else is the end. */
function next(thrown: unknown, interval: number): number {
  if (!(thrown instanceof Failure)) throw thrown;
  if (thrown.code === "network" || thrown.code === "timeout") return interval * 2;
  const error = thrown.cause instanceof oauth.ResponseBodyError ? thrown.cause.error : undefined;
  if (error === "authorization_pending") return interval;
  if (error === "slow_down") return interval + 5_000;
  throw thrown;
}
