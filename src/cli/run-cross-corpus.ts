import { resolve } from "node:path";
import { crossCorpusPage, crossCorpusRows, crossCorpusTable } from "../reports/cross-corpus.ts";
import { crossCorpus } from "../runs/cross-corpus.ts";
import { UndertoneError } from "../shared/errors.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { cancellableTest } from "./cancellable-test.ts";
import type { CrossCorpusOptions } from "./cross-corpus.ts";
import { featureCacheFolder } from "./folders.ts";
import { printJson } from "./output.ts";
import { assertWritableFile } from "./out-file.ts";
import { createProgress } from "./progress.ts";
import { printTable } from "./table.ts";
import { typedCommand } from "./typed-command.ts";

/** Scores models and runs as the options of `undertone cross-corpus` say. */
export async function runCrossCorpus(
  systems: readonly string[],
  { data = [], ordinarySpeech = [], textModel, out, json, threads }: CrossCorpusOptions,
): Promise<void> {
  await assertWritableFile(out);
  const progress = createProgress(process.stderr);
  const results = await cancellableTest(
    (testOptions) =>
      crossCorpus(
        { systems, data, ordinarySpeech, textModel, cacheFolder: featureCacheFolder() },
        testOptions,
      ),
    { progress, threads },
  );
  const rows = crossCorpusRows(results);
  if (rows.length === 0) {
    const message = "There is nothing to score. Name corpora by --data or --ordinary-speech.";
    throw new UndertoneError("usage", message);
  }
  if (out !== undefined) {
    await writeFileAtomically(resolve(out), crossCorpusPage(rows, typedCommand()));
  }
  if (json) printJson({ rows });
  else printTable(crossCorpusTable(rows));
}
