/** The studio as static files, in Chromium. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Page, Request } from "playwright-core";
import { build, preview } from "vite";
import { publishedFiles } from "../../src/shared/published-files.ts";
import type { Closable } from "../../src/shared/closing.ts";

const root = resolve(import.meta.dirname, "../../src/studio");

/** Builds the page into a folder, beside which other files have the names of downloaded models. */
export async function buildStudio(outDir: string): Promise<void> {
  await build({
    root,
    configFile: join(root, "vite.config.ts"),
    logLevel: "error",
    build: { outDir, emptyOutDir: true, minify: false, reportCompressedSize: false },
  });
  for (const name of ["moonshine-tiny", "silero-vad"] as const) {
    await mkdir(join(outDir, "models", name));
    for (const { path } of Object.values(publishedFiles[name])) {
      await writeFile(join(outDir, "models", name, path), "another file");
    }
  }
}

/** Serves a built page, as any host of static files does. */
export async function serveStudio(outDir: string): Promise<Closable & { readonly url: string }> {
  const server = await preview({
    root,
    configFile: false,
    logLevel: "error",
    build: { outDir },
    preview: { port: 0, host: "127.0.0.1" },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

/** Returns a list that grows with each request of a page that leaves its host, or carries anything. */
export function watchRequests(page: Page, url: string): Request[] {
  const suspicious: Request[] = [];
  page.context().on("request", (request) => {
    const isOwn = ["blob:", "data:"].some((scheme) => request.url().startsWith(scheme));
    const leaves = !isOwn && new URL(request.url()).origin !== new URL(url).origin;
    if (leaves || request.method() !== "GET" || request.postDataBuffer() !== null) {
      suspicious.push(request);
    }
  });
  return suspicious;
}
