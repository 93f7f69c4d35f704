/** An audit trail in files: hash-chained, and how it is verified. Node, and what speaks its `fs`. */
export type { AuditLine, AuditSink } from "./audit.js";
export { type AuditFile, type AuditFileOptions, auditFile } from "./audit-file.js";
export type { ChainHead } from "./chain.js";
export type { TrailFault, TrailVerdict, VerifyOptions } from "./judge-trail.js";
export { verifyAudit } from "./verify-audit.js";
