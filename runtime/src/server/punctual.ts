import { within } from "../http/deadline.js";
import type { AuditSink } from "../observe/audit.js";
import { isThenable } from "./guard.js";

/** A trail that hangs must not hang the server: what is not kept in time has failed (R12, R44). */
export function punctual(sink: AuditSink, patience: number): AuditSink {
  const late = (): never => {
    throw new Error(`The audit trail took longer than ${patience} ms.`);
  };
  return {
    write: (line) => {
      const written = sink.write(line);
      return isThenable(written) ? within(written, patience, late) : written;
    },
    ...(sink.ready === undefined ? {} : { ready: () => sink.ready?.() }),
  };
}
