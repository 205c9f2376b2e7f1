/** What the studio teaches with, and what it keeps. */
import { existsSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { modelsFolderOf } from "../../src/downloads/model-files.ts";
import type { TaughtClip } from "../../src/studio/teach/taught-clip.ts";
import type { TaughtModel } from "../../src/studio/teach/taught-model.ts";

/** Lays the encoders that are downloaded beside a page. */
export async function layEncoders(folder: string): Promise<void> {
  for (const name of ["moonshine-tiny", "moonshine-base"]) {
    const model = join(modelsFolderOf(process.env), name);
    if (existsSync(model)) await symlink(model, join(folder, "models", name));
  }
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
