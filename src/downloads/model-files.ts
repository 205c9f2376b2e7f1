import { join } from "node:path";
import { cacheFolder } from "../shared/cache-folder.node.ts";
import type { ProgressListener } from "../shared/logger.ts";
import { catalog, type ModelEntry, type ModelName } from "./catalog.ts";
import { provideModel } from "./provide-model.ts";
import type { Environment } from "./source.ts";

export interface ModelOptions {
  /** Folder of the model store; `models` in the user's cache folder by default. */
  readonly modelsFolder?: string | undefined;
  /** Folder of the same layout with models that the user provides; by default `UNDERTONE_MODELS`, if set. */
  readonly localFolder?: string | undefined;
  /** Turns downloads off; by default only when `UNDERTONE_OFFLINE` is set. */
  readonly offline?: boolean | undefined;
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `process.env` by default. */
  readonly env?: Environment | undefined;
}

/** Absolute paths of a model's files by role, and of their folder. */
export type ModelFiles<Name extends ModelName> = Readonly<
  Record<keyof (typeof catalog)[Name]["files"] | "folder", string>
>;

/**
 * Resolves to the verified files of a model of the catalog; missing ones are downloaded first. While another process
 * downloads the same model, this one waits.
 * @throws UndertoneError `file-not-found` when offline, `network-failed`, `checksum-mismatch`,
 * `credentials-missing`, `disk-full`, `file-unreadable`, `cancelled`
 */
export async function modelFiles<Name extends ModelName>(
  name: Name,
  options: ModelOptions = {},
): Promise<ModelFiles<Name>> {
  const { env = process.env } = options;
  const {
    modelsFolder = modelsFolderOf(env),
    localFolder = env["UNDERTONE_MODELS"] || undefined,
    offline = isSet(env["UNDERTONE_OFFLINE"]),
  } = options;
  const entry: ModelEntry = catalog[name];
  const provided = { ...options, env, modelsFolder, localFolder, offline };
  const folder = await provideModel(name, entry, provided);
  const paths = Object.entries(entry.files).map(([role, { path }]) => [role, join(folder, path)]);
  return { ...Object.fromEntries(paths), folder };
}

/** Returns the default folder of the model store. */
export function modelsFolderOf(env: Environment): string {
  return join(cacheFolder(env), "models");
}

const isSet = (value: string | undefined): boolean => !["", "0", "false"].includes(value ?? "");
