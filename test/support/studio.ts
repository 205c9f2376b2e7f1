/** The studio as static files, in Chromium. */
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Page, Request } from "playwright-core";
import { build, preview } from "vite";
import { publishedFiles } from "../../src/shared/published-files.ts";
import type { Closable } from "../../src/shared/closing.ts";

const root = resolve(import.meta.dirname, "../../src/studio");

/** Builds the page into a folder. */
export async function buildStudio(outDir: string): Promise<void> {
  await build({
    root,
    configFile: join(root, "vite.config.ts"),
    logLevel: "error",
    build: { outDir, emptyOutDir: true, minify: false, reportCompressedSize: false },
  });
}

/** Makes a folder that has the files of a built page, in whose `models` more can be laid. */
export async function linkStudio(page: string, folder: string): Promise<void> {
  await mkdir(join(folder, "models"), { recursive: true });
  for (const place of ["", "models"]) {
    for (const name of await readdir(join(page, place))) {
      if (name !== "models") await symlink(join(page, place, name), join(folder, place, name));
    }
  }
}

/** Lays other files under the names of downloaded models. */
export async function layWrongModels(folder: string): Promise<void> {
  for (const name of ["moonshine-tiny", "silero-vad"] as const) {
    await mkdir(join(folder, "models", name));
    for (const { path } of Object.values(publishedFiles[name])) {
      await writeFile(join(folder, "models", name, path), "another file");
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
