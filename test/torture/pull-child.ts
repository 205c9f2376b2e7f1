/** Provides a model from a server: `pull-child.ts URL FOLDER FILES`, the files as JSON. */
import type { PinnedFile } from "../../src/shared/published-files.ts";
import { provideModel } from "../../src/downloads/provide-model.ts";
import { hub } from "../../src/downloads/web-source.ts";

const [url = "", modelsFolder = "", files = "{}"] = process.argv.slice(2);
const parsed: Readonly<Record<string, PinnedFile>> = JSON.parse(files);
const entry = {
  purpose: "to be killed",
  publisher: "nobody",
  license: "MIT",
  files: parsed,
  sources: [hub("we/good", "main", (path) => path)],
};
await provideModel("small", entry, { modelsFolder, offline: false, env: { HF_ENDPOINT: url } });
