import { rm } from "node:fs/promises";
import { join } from "node:path";
import { acquireLock } from "../shared/lock.node.ts";
import { catalog, type ModelEntry, type ModelName, modelNames } from "./catalog.ts";
import { ModelFolder, sizeOf } from "./model-folder.ts";

/** A model of the catalog and its state on disk. */
export interface StoredModel {
  readonly name: ModelName;
  readonly entry: ModelEntry;
  readonly folder: string;
  readonly sizeBytes: number;
  /** `part`: some files exist, or all of them but not yet verified. */
  readonly state: "here" | "part" | "absent";
}

/** Resolves to all models of the catalog, with their state below `modelsFolder`. */
export async function storedModels(modelsFolder: string): Promise<StoredModel[]> {
  return Promise.all(
    modelNames.map(async (name) => {
      const entry: ModelEntry = catalog[name];
      const files = Object.values(entry.files);
      const folder = folderOf(modelsFolder, name);
      const sizes = await Promise.all(files.map(({ path }) => sizeOf(join(folder.path, path))));
      const someAreHere = sizes.some((size) => size !== undefined);
      const state = (await folder.isComplete()) ? "here" : someAreHere ? "part" : "absent";
      const sizeBytes = files.reduce((sum, { size }) => sum + size, 0);
      return { name, entry, folder: folder.path, sizeBytes, state };
    }),
  );
}

/**
 * Verifies the checksums of a stored model; missing and damaged files are downloaded again at its next use. Resolves to
 * their paths.
 * @throws UndertoneError `file-unreadable`, `cancelled`
 */
export async function verifyModel(
  modelsFolder: string,
  name: ModelName,
  signal?: AbortSignal,
): Promise<{ missing: string[]; damaged: string[] }> {
  const { missing, damaged } = await folderOf(modelsFolder, name).verify(signal);
  return { missing: missing.map(({ path }) => path), damaged: damaged.map(({ path }) => path) };
}

/**
 * Deletes a model and its interrupted downloads.
 * @throws UndertoneError `busy` while another process downloads it
 */
export async function removeModel(modelsFolder: string, name: ModelName): Promise<void> {
  const { path } = folderOf(modelsFolder, name);
  const release = await acquireLock(`${path}.lock`);
  try {
    await rm(path, { recursive: true, force: true });
    await rm(`${path}.incoming`, { recursive: true, force: true });
  } finally {
    await release();
  }
}

function folderOf(modelsFolder: string, name: ModelName): ModelFolder {
  return new ModelFolder(join(modelsFolder, name), Object.values(catalog[name].files));
}
