/**
 * Names that speak of secrets, whatever is said of them elsewhere. A spec's own word for that is `sensitivity`; this is for what no spec speaks of:
 * a name too many hides what somebody would have read, a name too few shows a secret.
 */
export const tellsOfSecret =
  /token|secret|passw(or)?d|passphrase|authorization|credential|session|cookie|signature|assertion|pepper|(api|private)[-_]?key|^(pwd|pin|otp|jwt)$/i;
