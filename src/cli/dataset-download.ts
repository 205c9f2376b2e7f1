import { corpusDownloads, corpusSources, type CorpusSource } from "../datasets/download/catalog.ts";
import { UndertoneError } from "../shared/errors.ts";
import { cancellable } from "./cancel.ts";
import { createCommand, examples } from "./command.ts";
import { choice } from "./options.ts";
import { createProgress } from "./progress.ts";
import { typeable } from "./typeable.ts";

/** `undertone dataset download`: a corpus from the net into a new folder. */
export const downloadCommand = createCommand(
  "download",
  "Download a corpus from its authors' page, and say under which license",
)
  .argument("<corpus>", Object.keys(corpusDownloads).join(", "))
  .addOption(
    choice("--from <source>", "Where from; Kaggle needs ~/.kaggle/kaggle.json", {
      names: corpusSources,
    }),
  )
  .option("--out <folder>", "A new folder (default: data/ and the corpus's name)")
  .addHelpText(
    "after",
    examples(
      "undertone dataset download ravdess",
      "undertone dataset download ravdess --from kaggle",
    ),
  )
  .action(async (corpus, { from: wanted, out = `data/${corpus}` }) => {
    const { corpusLicenses } = await import("../datasets/corpus-licenses.ts");
    const { downloadCorpus, sourcesOf } = await import("../datasets/download/download-corpus.ts");
    const sources = sourcesOf(corpus);
    const from = wanted ?? sources[0];
    if (from === undefined || !sources.includes(from)) {
      throw new UndertoneError("usage", notThere(corpus, sources, corpusLicenses[corpus]?.source));
    }
    const { speakersOf } = await import("../datasets/manifest.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const onProgress = createProgress(process.stderr);
    await cancellable(
      (signal) =>
        downloadCorpus(corpus, out, {
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
    const { license, commercialUse, source } = corpusLicenses[corpus]!;
    const use = commercialUse ? "permits commercial use" : "no commercial use";
    console.log(`License: ${license} (${use}), ${source}`);
    console.log(typeable(`Next: undertone dataset check ${out}`));
  });

function notThere(
  corpus: string,
  sources: readonly CorpusSource[],
  page: string | undefined,
): string {
  if (sources.length > 0) return `${corpus} is not there. Use --from ${sources.join(" or ")}.`;
  const others = `This command gets ${Object.keys(corpusDownloads).join(", ")}.`;
  return page === undefined
    ? `${corpus} is not a known corpus. ${others}`
    : `${corpus} cannot be downloaded by this command: get it from ${page}. ${others}`;
}

/** A mirror's address, from the environment. */
function baseUrlOf(from: CorpusSource): string | undefined {
  const name = `UNDERTONE_${from.toUpperCase()}_URL`;
  const url = process.env[name] || undefined;
  if (url === undefined || URL.canParse(url)) return url;
  throw new UndertoneError("usage", `${name} is no address: ${url}. Set it to one, or unset it.`);
}
