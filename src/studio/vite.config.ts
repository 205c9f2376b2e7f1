/** The page as static files: `npm run build:studio` writes `dist/studio`. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { contentPolicy } from "../shared/content-policy.ts";

const repository = resolve(import.meta.dirname, "../..");
const runtimeFolder = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
/** Of the processor, and of the graphics card. */
const runtimeFiles = ["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.asyncify"].flatMap(
  (name) => [`${name}.mjs`, `${name}.wasm`],
);
const models = ["small", "default", "open", "words"];

/** Under the GPL: its codecs are refused with a message. */
const notShipped = ["@audio/decode-aac"];

/** Headers of ADTS tell formats apart: so its container is no chunk of its own. How long plugins take is no warning. */
const checks = { ineffectiveDynamicImport: false, bundlerTimings: false };

/** Files that the page fetches by name: the runtime of WebAssembly, and the models of the package. */
const served: Readonly<Record<string, string>> = {
  ...Object.fromEntries(runtimeFiles.map((name) => [`ort/${name}`, join(runtimeFolder, name)])),
  ...Object.fromEntries(
    models.map((name) => [`models/${name}.onnx`, join(repository, `models/${name}.onnx`)]),
  ),
};

const namedFiles: Plugin = {
  name: "named-files",
  apply: "build",
  async generateBundle() {
    for (const [fileName, path] of Object.entries(served)) {
      this.emitFile({ type: "asset", fileName, source: await readFile(path) });
    }
  },
};

const withContentPolicy: Plugin = {
  name: "content-policy",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: contentPolicy },
      injectTo: "head-prepend",
    },
  ],
};

/** Fonts of other alphabets, tokens of a transcriber, models beyond the small one and what runs on graphics cards: fetched once they are used. */
const isNeeded = (path: string): boolean =>
  !/inter-(?!latin-wght)|llama-tokens|models\/(?!small)|asyncify|webgpu/.test(path);

const serviceWorker = "service-worker.js";

/** Tells the service worker which files there are. */
const offline: Plugin = {
  name: "offline",
  apply: "build",
  generateBundle: {
    order: "post",
    handler(_, bundle) {
      const hash = createHash("sha256");
      const others = Object.values(bundle)
        .filter(({ fileName }) => fileName !== serviceWorker)
        .toSorted((a, b) => a.fileName.localeCompare(b.fileName));
      for (const file of others) {
        hash.update(file.fileName).update(file.type === "chunk" ? file.code : file.source);
      }
      const files = others.map(({ fileName }) => [fileName, isNeeded(fileName)]);
      const built = JSON.stringify({ version: hash.digest("hex").slice(0, 16), files });
      const worker = bundle[serviceWorker];
      if (worker?.type !== "chunk") throw new Error(`${serviceWorker} was not built`);
      worker.code = `const builtFiles = ${built};\n${worker.code}`;
    },
  },
};

const headers = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The runtime's own files are fetched by name: else each bundle would have a copy of 14 MB.
  resolve: {
    conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "development|production"],
  },
  worker: { format: "es", rolldownOptions: { external: notShipped, checks } },
  server: { headers },
  build: {
    outDir: join(repository, "dist/studio"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "es2023",
    modulePreload: { polyfill: false },
    rolldownOptions: {
      external: notShipped,
      checks,
      input: {
        index: join(import.meta.dirname, "index.html"),
        "service-worker": join(import.meta.dirname, "service-worker.ts"),
      },
      output: {
        entryFileNames: ({ name }) =>
          name === "service-worker" ? serviceWorker : "assets/[name]-[hash].js",
      },
    },
  },
  plugins: [namedFiles, withContentPolicy, offline],
});
