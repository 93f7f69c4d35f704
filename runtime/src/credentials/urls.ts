/** A host that only this machine answers for. Any name but `localhost` may resolve to anything, so it does not count. */
const loopback = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/;

/**
 * What is wrong with a URL that identity or keys come from; `undefined` where nothing is. Keys over plain http are whatever the
 * network says they are, so http is for loopback only.
 */
export function urlFault(text: string): string | undefined {
  if (!URL.canParse(text)) return "is not a URL";
  const { username, password, hash, protocol, hostname } = new URL(text);
  if (username + password !== "") return "holds credentials";
  if (hash !== "") return "holds a fragment";
  if (protocol === "https:" || (protocol === "http:" && loopback.test(hostname))) return undefined;
  return "is not https (http is for loopback hosts only)";
}

/** As `urlFault`, for what a metadata document names: it may not lead from https down to http, nor to this machine. */
export function linkFault(text: string, from: string): string | undefined {
  const fault = urlFault(text);
  if (fault !== undefined) return fault;
  return from.startsWith("https:") && !text.toLowerCase().startsWith("https:") ? "leads from https to http" : undefined;
}
