import type { Dispatcher } from "undici";
import type { AnswerBounds, Incoming, Outgoing } from "../contract.js";
import { endOf, onEnd } from "../ending.js";
import { Failure } from "../failure.js";
import { codingOf, inflateWhole } from "./inflate.js";

type Lines = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Sends a request, and answers when the whole answer is here. It listens to the dispatcher itself: a stream in between would cost more than
 * all the rest of the call.
 */
export function sendWhole(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  outgoing: Outgoing,
  limits: AnswerBounds,
): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let [status, length] = [0, 0];
    let headers: Incoming["headers"] = {};
    let controller: Dispatcher.DispatchController | undefined;
    const stop = (reason: unknown) => {
      controller?.abort(reason instanceof Error ? reason : new Error("The call ended", { cause: reason }));
      reject(reason);
    };
    const leave = onEnd(outgoing, stop);
    dispatcher.dispatch(request, {
      onRequestStart: (own) => {
        controller = own;
        // It may have waited for a connection, and the call has not waited for it.
        const reason = endOf(outgoing);
        if (reason !== undefined) stop(reason);
      },
      onResponseStart: (_, code, lines) => {
        status = code;
        headers = joined(lines);
      },
      onResponseData: (_, chunk) => {
        length += chunk.byteLength;
        if (length > limits.largest)
          stop(new Failure("response_invalid", `The answer is larger than ${limits.largest} octets`, { status }));
        else chunks.push(chunk);
      },
      onResponseEnd: () => {
        leave();
        const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
        if (headers["content-encoding"] === undefined) resolve({ status, headers, body });
        else resolve(plain({ status, headers, body }, limits));
      },
      onResponseError: (_, error) => {
        leave();
        reject(error);
      },
    });
  });
}

async function plain(incoming: Incoming & { readonly body: Uint8Array }, limits: AnswerBounds): Promise<Incoming> {
  const coding = codingOf(incoming);
  return coding === undefined ? incoming : inflateWhole(incoming, coding, limits);
}

/** RFC 9110, 5.3: several lines of one name are a list. */
export function joined(lines: Lines): Incoming["headers"] {
  for (const name in lines) if (typeof lines[name] !== "string") return listed(lines);
  return lines as Incoming["headers"];
}

function listed(lines: Lines): Incoming["headers"] {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(lines))
    if (value !== undefined) headers[name] = typeof value === "string" ? value : value.join(", ");
  return headers;
}
