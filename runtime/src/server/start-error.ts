/** Why a server does not start. It lives with the refusals, so that verifiers can say it too. */
export { type StartCode, type StartComplaint, StartError } from "../problem/start-error.js";
