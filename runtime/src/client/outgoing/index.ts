/** What an API calls, and is not called: senders of webhooks and callbacks, to URLs that their receivers chose; and URLs that callers sent. */
export type { CheckedUrl, CheckedUrls } from "../../http/urls/checked.js";
export type { Resolve } from "../../http/urls/resolve.js";
export { type CheckUrlOptions, checkUrl } from "./check-url.js";
export { type Exchanged, type Message, urlOf } from "./expression.js";
export { type FetchUrlOptions, fetchUrl } from "./fetch-url.js";
export { openSender, type Sender, type SenderOptions } from "./sender.js";
