import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UndertoneError } from "../shared/errors.ts";
import { systemCode } from "../shared/files.node.ts";
import type { Transformers } from "./whisper.ts";

const packageName = "@huggingface/transformers";

/**
 * Loads transformers.js, installed beside undertone or in the folder it is called from.
 * @throws UndertoneError `file-not-found` when it is in neither
 */
export function loadTransformers(): Transformers {
  const places = [import.meta.url, pathToFileURL(join(process.cwd(), "package.json")).href];
  for (const place of places) {
    const require = createRequire(place);
    try {
      require.resolve(packageName);
    } catch (error) {
      if (systemCode(error) === "MODULE_NOT_FOUND") continue;
      throw error;
    }
    return require(packageName);
  }
  throw new UndertoneError(
    "file-not-found",
    `Whisper runs in ${packageName}, which is half a gigabyte and so not part of undertone. ` +
      `Install it once: npm install ${packageName}`,
  );
}
