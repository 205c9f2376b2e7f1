import { UndertoneError } from "../shared/errors.ts";
import { cancellable } from "./cancel.ts";
import { createCommand, examples } from "./command.ts";
import { choice } from "./options.ts";
import { createProgress } from "./progress.ts";
import { typeable } from "./typeable.ts";

/** `undertone dataset download`: a corpus from the net into a new folder. */
export const downloadCommand = createCommand(
  "download",
  "Download a corpus: ravdess (speech, CC BY-NC-SA 4.0)",
)
  .argument("<corpus>", "ravdess")
  .addOption(
    choice("--from <source>", "Zenodo needs no account; Kaggle needs ~/.kaggle/kaggle.json", {
      names: ["zenodo", "kaggle"],
    }).default("zenodo" as const),
  )
  .option("--out <folder>", "A new folder (default: data/ and the corpus's name)")
  .addHelpText(
    "after",
    examples(
      "undertone dataset download ravdess",
      "undertone dataset download ravdess --from kaggle",
    ),
  )
  .action(async (corpus, { from, out = `data/${corpus}` }) => {
    if (corpus !== "ravdess") {
      const message = `${corpus} cannot be downloaded, only ravdess. docs/reference/corpora.md says how to get others.`;
      throw new UndertoneError("usage", message);
    }
    const { downloadRavdess } = await import("../datasets/download/download-ravdess.ts");
    const { speakersOf } = await import("../datasets/manifest.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const onProgress = createProgress(process.stderr);
    await cancellable(
      (signal) =>
        downloadRavdess(out, {
          from,
          baseUrl: baseUrlOf(from),
          env: process.env,
          onProgress,
          signal,
        }),
      () => "The same command resumes the download.",
    );
    const { clips } = await readCorpus(out);
    console.log(`${clips.length} clips of ${speakersOf(clips).length} speakers in ${out}`);
    console.log(typeable(`Next: undertone dataset check ${out}`));
  });

/** A mirror's address, from the environment. */
function baseUrlOf(from: "zenodo" | "kaggle"): string | undefined {
  const name = from === "kaggle" ? "UNDERTONE_KAGGLE_URL" : "UNDERTONE_ZENODO_URL";
  const url = process.env[name] || undefined;
  if (url === undefined || URL.canParse(url)) return url;
  throw new UndertoneError("usage", `${name} is no address: ${url}. Set it to one, or unset it.`);
}
