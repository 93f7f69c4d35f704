import { fileURLToPath } from "node:url";
import { createServer } from "vite";
import { startBackend } from "./backend.js";

// `node --import tsx examples/browser/start.ts`: sign in with any name and any password.
const { url, issuer } = await startBackend("http://localhost:5173", 60);
process.env.VITE_API = url;
process.env.VITE_ISSUER = issuer;
const vite = await createServer({ root: fileURLToPath(new URL(".", import.meta.url)) });
await vite.listen();
vite.printUrls();
