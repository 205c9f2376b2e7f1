import { extname, join, resolve, sep } from "node:path";
import { Hono } from "hono";
import { catalog, type ModelEntry } from "../downloads/catalog.ts";
import { shippedTextModel, voiceModels } from "../shared/shipped-models.ts";
import { Refusal } from "./refusal.ts";
import { sendFile } from "./send.ts";

/** Where the files of the page lie. */
export interface PageFolders {
  /** The built page: `dist/studio`. */
  readonly page: string;
  /** Models of the package. */
  readonly models: string;
  /** Downloaded models, a folder each. */
  readonly downloadedModels: string;
  /** The runtime of WebAssembly, as its package has it. */
  readonly runtime: string;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Of the processor, and of the graphics card. */
const runtimeFiles = ["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.asyncify"].flatMap(
  (name) => [`${name}.mjs`, `${name}.wasm`],
);

/** The page's own files; below `ort/` and `models/` the runtime and models of this machine, by their known names. */
export function pageFiles({ page, models, downloadedModels, runtime }: PageFolders): Hono {
  const known = new Map([
    ...runtimeFiles.map((name): [string, string] => [`/ort/${name}`, join(runtime, name)]),
    ...[...voiceModels, shippedTextModel].map((name): [string, string] => [
      `/models/${name}.onnx`,
      join(models, `${name}.onnx`),
    ]),
    ...Object.entries<ModelEntry>(catalog).flatMap(([name, { files }]) =>
      Object.values(files).map(({ path }): [string, string] => [
        `/models/${name}/${path}`,
        join(downloadedModels, name, path),
      ]),
    ),
  ]);
  return new Hono().get("/*", async (context) => {
    const path = decodePath(context.req.path);
    const file = inside(page, path.endsWith("/") ? `${path}index.html` : path);
    const elsewhere = known.get(path);
    const isHashed = path.startsWith("/assets/");
    context.header("cache-control", isHashed ? "max-age=31536000, immutable" : "no-cache");
    context.header("content-type", types[extname(file)] ?? "application/octet-stream");
    const sent =
      (await sendFile(context, file)) ?? (elsewhere && (await sendFile(context, elsewhere)));
    if (sent) return sent;
    throw new Refusal("not-found", "There is no such file.");
  });
}

/** @throws Refusal `not-found` for a path that is none */
function decodePath(path: string): string {
  try {
    const decoded = decodeURIComponent(path);
    if (!decoded.includes("\0")) return decoded;
  } catch {
    // a stray percent sign
  }
  throw new Refusal("not-found", "There is no such file.");
}

/** Returns the path of a file in a folder. @throws Refusal `not-found` for one outside it */
function inside(folder: string, path: string): string {
  const file = resolve(folder, `.${path.replaceAll("\\", "/")}`);
  if (file.startsWith(resolve(folder) + sep)) return file;
  throw new Refusal("not-found", "There is no such file.");
}
