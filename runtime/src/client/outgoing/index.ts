/** What an API calls, and is not called: senders of webhooks and callbacks, to URLs that their receivers chose. */
export { type Exchanged, type Message, urlOf } from "./expression.js";
export { openSender, type Sender, type SenderOptions } from "./sender.js";
