/** OAuth for programs on a machine: tokens in a file, and a sign-in that comes back to a port of it. */
export { fileStore } from "./credentials/file-store.js";
export { type LoopbackOptions, signInOnThisMachine } from "./credentials/loopback.js";
