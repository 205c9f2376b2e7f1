/** The studio served from its sources, with models and runtime beside the page. */
import { mkdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { modelsFolderOf } from "../../src/downloads/model-files.ts";
import type { Closable } from "../../src/shared/closing.ts";
import type { TaughtClip } from "../../src/studio/teach/taught-clip.ts";
import type { TaughtModel } from "../../src/studio/teach/taught-model.ts";
import studio from "../../src/studio/vite.config.ts";
import { serveSources } from "./browser.ts";

const repository = resolve(import.meta.dirname, "../..");
const runtimeFolder = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));

/** Serves the studio; `folder` holds what is served beside it. */
export async function serveStudio(folder: string): Promise<Closable & { readonly url: string }> {
  await mkdir(join(folder, "public/models"), { recursive: true });
  await symlink(runtimeFolder, join(folder, "public/ort"));
  for (const name of ["small", "default", "open", "words"]) {
    const file = `models/${name}.onnx`;
    await symlink(join(repository, file), join(folder, "public", file));
  }
  for (const name of ["moonshine-tiny", "moonshine-base"]) {
    await symlink(join(modelsFolderOf(process.env), name), join(folder, "public/models", name));
  }
  return serveSources({
    ...studio,
    base: "/",
    plugins: [],
    publicDir: join(folder, "public"),
    cacheDir: join(folder, "cache"),
    server: { port: 0, fs: { strict: false } },
  });
}

/** Resolves to what the model that was taught last in a page predicts of each clip, by the name of its file. */
export function taughtPredictions(page: Page): Promise<Record<string, readonly number[]>> {
  return page.evaluate(async () => {
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
    const names = new Map(kept.map(({ id, recording }) => [id, recording]));
    return Object.fromEntries(
      model.clips.map(({ id, predicted }) => [names.get(id) ?? id, predicted]),
    );
  });
}
