/** A host that only this machine answers for. Any name but `localhost` may resolve to anything, so it does not count. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/**
 * What is wrong with a URL that identity or keys come from; `undefined` where nothing is. Keys over plain http are whatever the
 * network says they are, so http is for loopback only.
 */
export function urlFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return "is not a URL";
  if (url.username !== "" || url.password !== "") return "holds credentials";
  if (url.hash !== "") return "holds a fragment";
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))) return undefined;
  return "is not https (http is for loopback hosts only)";
}

/** As `urlFault`, for what a metadata document names: it may not lead from https down to http, nor to this machine. */
export function linkFault(text: string, from: string): string | undefined {
  const fault = urlFault(text);
  if (fault !== undefined) return fault;
  return from.startsWith("https:") && !text.toLowerCase().startsWith("https:") ? "leads from https to http" : undefined;
}
