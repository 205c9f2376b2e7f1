/** The studio as static files, and what it keeps. */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { build, preview } from "vite";
import { modelsFolderOf } from "../../src/downloads/model-files.ts";
import type { Closable } from "../../src/shared/closing.ts";
import type { TaughtClip } from "../../src/studio/teach/taught-clip.ts";
import type { TaughtModel } from "../../src/studio/teach/taught-model.ts";
import studio from "../../src/studio/vite.config.ts";

/** Builds the studio into a folder and serves it, with the encoders that are downloaded. */
export async function serveStudio(folder: string): Promise<Closable & { readonly url: string }> {
  const outDir = join(folder, "studio");
  const options = { ...studio, configFile: false, logLevel: "error", base: "/" } as const;
  await build({ ...options, build: { ...studio.build, outDir, minify: false } });
  for (const name of ["moonshine-tiny", "moonshine-base"]) {
    const model = join(modelsFolderOf(process.env), name);
    await cp(model, join(outDir, "models", name), { recursive: true }).catch(() => undefined);
  }
  const server = await preview({
    ...options,
    build: { outDir },
    preview: { port: 0, host: "127.0.0.1" },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

/** Resolves to what the model that was taught last in a page predicts of each clip, by its file and times: `a.wav#0-1`. */
export function taughtPredictions(page: Page): Promise<Record<string, readonly number[]>> {
  return page.evaluate(async () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- the page has this function alone
    const result = <Value>(request: IDBRequest<Value>): Promise<Value> =>
      new Promise((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(new Error(request.error!.message)));
      });
    const database = await result(indexedDB.open("undertone-teach"));
    const stores = database.transaction(["clips", "model"]);
    const kept: TaughtClip[] = await result(stores.objectStore("clips").getAll());
    const model: TaughtModel = await result(stores.objectStore("model").get("current"));
    database.close();
    const names = new Map(
      kept.map(({ id, recording, startSec, endSec }) => [id, `${recording}#${startSec}-${endSec}`]),
    );
    return Object.fromEntries(
      model.clips.map(({ id, predicted }) => [names.get(id) ?? id, predicted]),
    );
  });
}
