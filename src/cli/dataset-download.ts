import { defineCommand } from "citty";
import { UndertoneError } from "../shared/errors.ts";
import { signalOf } from "./cancel.ts";
import { createProgress } from "./progress.ts";

/** `undertone dataset download`: a corpus from the net into a new folder. */
export const downloadCommand = defineCommand({
  meta: {
    name: "download",
    description: "Download a corpus: ravdess (speech, CC BY-NC-SA 4.0)",
    examples: [
      "undertone dataset download ravdess",
      "undertone dataset download ravdess --from kaggle --out corpora/ravdess",
    ],
  },
  args: {
    corpus: { type: "positional", required: true, description: "ravdess" },
    from: {
      type: "enum",
      options: ["zenodo", "kaggle"],
      default: "zenodo",
      description: "Zenodo needs no account; Kaggle needs ~/.kaggle/kaggle.json",
    },
    out: { type: "string", valueHint: "folder", description: "A new folder (data/<corpus>)" },
  },
  run: async ({ args, data }) => {
    const { corpus, from, out = `data/${args.corpus}` } = args;
    if (corpus !== "ravdess") {
      const message = `${corpus} cannot be downloaded, only ravdess. docs/data.md says how to get others.`;
      throw new UndertoneError("usage", message);
    }
    const { downloadRavdess } = await import("../datasets/download/download-ravdess.ts");
    const { speakersOf } = await import("../datasets/manifest.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    await downloadRavdess(out, {
      from,
      baseUrl: baseUrlOf(from),
      env: process.env,
      onProgress: createProgress(process.stderr),
      signal: signalOf({ data }),
    });
    const { clips } = await readCorpus(out);
    console.log(`${clips.length} clips of ${speakersOf(clips).length} speakers in ${out}`);
    console.log(`Next: undertone dataset check ${out}`);
  },
});

/** A mirror's address, from the environment. */
function baseUrlOf(from: "zenodo" | "kaggle"): string | undefined {
  const name = from === "kaggle" ? "UNDERTONE_KAGGLE_URL" : "UNDERTONE_ZENODO_URL";
  const url = process.env[name] || undefined;
  if (url === undefined || URL.canParse(url)) return url;
  throw new UndertoneError("usage", `${name} is no address: ${url}. Set it to one, or unset it.`);
}
