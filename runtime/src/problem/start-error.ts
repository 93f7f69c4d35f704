/** Why a server does not start. Stable: deployment scripts narrow on it. */
export type StartCode =
  | "unknown_format"
  | "missing_handler"
  | "unknown_handler"
  | "missing_verifier"
  | "unknown_verifier"
  | "wrong_verifier"
  | "missing_loader"
  | "unknown_loader"
  | "missing_rule"
  | "unknown_rule"
  | "missing_setting"
  | "invalid_policy"
  | "invalid_option"
  | "unknown_role"
  | "unknown_scheme"
  | "insecure_transport";

/** One reason, and what to do about it. */
export interface StartComplaint {
  readonly code: StartCode;
  readonly message: string;
}

/** Where complaints are gathered: all of them come at once. */
export type Complain = (code: StartCode, message: string) => void;

/**
 * The server is not complete and does not start. All reasons come at once, one a line, each with its code.
 */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly complaints: readonly StartComplaint[];

  constructor(complaints: readonly StartComplaint[], options?: ErrorOptions) {
    super(complaints.map(({ code, message }) => `${code}: ${message}`).join("\n"), options);
    this.complaints = complaints;
  }
}
