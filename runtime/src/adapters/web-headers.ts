import type { ReceivedHeaders } from "../http/exchange.js";

/** The header section of a web Request. The platform has joined the lines of one name, and may have put `Host` into the URL alone. */
export function webHeaders({ headers, url }: Pick<Request, "headers" | "url">): ReceivedHeaders {
  return {
    all: (name) => {
      const value = headers.get(name) ?? (name === "host" ? new URL(url).host : null);
      return value === null ? [] : [value];
    },
    exceeds: (lines, octets) => {
      let [count, sum] = [0, 0];
      // Not iterated: that is not in the DOM's types of every reader of generated code.
      headers.forEach((value, name) => {
        count++;
        sum += name.length + value.length;
      });
      return count > lines || sum > octets;
    },
  };
}
