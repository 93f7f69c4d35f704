import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect } from "node:tls";
import { show } from "../../code/frame.js";
import { commandFault } from "./fault.js";

/** How a server is asked for its certificate. */
export interface HandshakeOptions {
  /** Authorities in PEM, instead of the system's. */
  readonly ca: string | undefined;
  /** The name that is asked for and checked, where it is not the URL's. */
  readonly servername: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * The certificate that a server shows. It is verified as a client would: a pin that was taken from somebody in between would let in
 * nobody else.
 * @throws DiagnosticError SP095
 */
export function certificateOf(url: URL, { ca, servername, timeout }: HandshakeOptions): Promise<X509Certificate> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const name = servername ?? host;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: url.port === "" ? 443 : Number(url.port),
      // RFC 6066, 3: no literal addresses.
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ...(ca === undefined ? {} : { ca }),
      minVersion: "TLSv1.2",
      // Spelt out: NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would switch the check off.
      rejectUnauthorized: true,
    });
    const refuse = (reason: string) => {
      socket.destroy();
      reject(handshakeFault(url, reason));
    };
    socket.setTimeout(timeout, () => refuse(`no answer within ${timeout / 1_000} s`));
    socket.once("error", (error: Error & { readonly code?: string }) => refuse(error.code ?? error.message));
    socket.once("secureConnect", () => {
      // Not `getPeerX509Certificate`: on Node 20 to 24 it answers once only, and the check of the name has asked.
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      resolve(new X509Certificate(raw));
    });
  });
}

function handshakeFault(url: URL, reason: string): Error {
  return commandFault(
    "SP095",
    `${show(url.host)} did not show a certificate that can be trusted: ${show(reason)}.`,
    "A pin of a server that is not verified may be an attacker's. Name its authority with --ca, or give the certificate's file.",
  );
}
