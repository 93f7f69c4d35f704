import { defineConfig } from "vite";

// The origin of the page is what the API's CORS policy and the provider's redirect URI name: another port is another page.
// biome-ignore lint/style/noDefaultExport: Vite reads the default export.
export default defineConfig({
  server: { host: "localhost", port: 5173, strictPort: true },
  build: { target: "es2022" },
});
