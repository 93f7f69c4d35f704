/** Names of OpenSSL and Node for a handshake that was refused. Nothing of this is repeated: the next certificate would be the same. */
const codes =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL|EPROTO$|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|ERROR_IN_CERT_)/;

/** The code of a TLS failure, wherever in the chain of causes it stands; `undefined` when it is something else. */
export function tlsFault(thrown: unknown): string | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth += 1) {
    const code = "code" in error ? String(error.code) : "";
    if (codes.test(code)) return code;
  }
  return undefined;
}
