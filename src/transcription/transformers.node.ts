import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { UndertoneError } from "../shared/errors.ts";
import { systemCode } from "../shared/files.node.ts";
import type { Transformers } from "./whisper.ts";

const packageName = "@huggingface/transformers";

/**
 * Loads transformers.js from where undertone is installed, or from the folder that `UNDERTONE_PACKAGES` names; never from
 * the working directory, which may hold recordings and programs of others.
 * @throws UndertoneError `file-not-found` when it is in neither
 */
export function loadTransformers(env: Readonly<Record<string, string | undefined>>): Transformers {
  const named = env["UNDERTONE_PACKAGES"];
  const places = [import.meta.url, ...(named ? [join(resolve(named), "package.json")] : [])];
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
      `Install it once where undertone is, or elsewhere and name that folder in UNDERTONE_PACKAGES: npm install ${packageName}`,
  );
}
