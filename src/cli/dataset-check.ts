import type { Finding } from "../datasets/check.ts";
import { noteLines, omissionProblem } from "../datasets/omissions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { cancellable } from "./cancel.ts";
import { createCommand, examples } from "./command.ts";
import {
  columnsOption,
  corpusArgument,
  corpusOption,
  layoutOption,
  mapOption,
  speakerFromOption,
} from "./dataset-arguments.ts";
import { jsonOption } from "./options.ts";
import { counted, printJson } from "./output.ts";
import { printable } from "./printable.ts";
import { createProgress } from "./progress.ts";
import { formatTable } from "./table.ts";

const shownOfAKind = 10;

/** `undertone dataset check`: what is wrong with a corpus. */
export const checkCommand = createCommand(
  "check",
  "Find missing, unreadable, silent, clipped and duplicate clips of a corpus",
)
  .addArgument(corpusArgument)
  .addOption(corpusOption)
  .addOption(columnsOption)
  .addOption(layoutOption)
  .addOption(speakerFromOption)
  .addOption(mapOption)
  .addOption(jsonOption)
  .addHelpText(
    "after",
    examples("undertone dataset check data/ravdess", "undertone dataset check calls.csv --json"),
  )
  .action(async (data, { json, ...corpusOptions }) => {
    const { holdsTexts } = await import("../datasets/text-manifest.ts");
    if (await holdsTexts(data, corpusOptions)) {
      const { printTextCheck } = await import("./dataset-text.ts");
      return printTextCheck(data, corpusOptions, json);
    }
    const { checkClips } = await import("../datasets/check.ts");
    const { measureClips } = await import("../datasets/measure.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const corpus = await readCorpus(data, { ...corpusOptions, keepDefects: true });
    const onProgress = createProgress(process.stderr);
    const measures = await cancellable((signal) => measureClips(corpus, { onProgress, signal }));
    const findings = checkClips(measures);
    const omitted = omissionProblem(corpus.clips.length, corpus.leftOut);
    const found = findings.filter(({ severity }) => severity === "problem").length;
    const problems = found + (omitted === undefined ? 0 : 1);
    const summary = {
      corpus: corpus.corpus,
      root: corpus.root,
      clips: corpus.clips.length,
      leftOut: corpus.leftOut,
      warnings: corpus.warnings,
      problems,
      notes: findings.length - found,
      findings,
    };
    if (json) printJson(summary);
    else {
      for (const line of noteLines(corpus)) console.log(printable(line));
      printFindings(findings);
      if (omitted !== undefined) console.log(`left out (problem): ${omitted}`);
      const summed = `${counted(corpus.clips.length, "clip")}, ${counted(problems, "problem")}`;
      console.log(`${printable(corpus.corpus)}: ${summed}.`);
    }
    const lost = measures.filter((measure) => "error" in measure).length;
    if (lost > 0) {
      throw new UndertoneError(
        "some-failed",
        `${counted(lost, "clip")} cannot be read. Replace or delete what is named above.`,
      );
    }
    if (omitted !== undefined) throw new UndertoneError("some-failed", omitted);
  });

function printFindings(findings: readonly Finding[]): void {
  for (const kind of new Set(findings.map((finding) => finding.kind))) {
    const found = findings.filter((finding) => finding.kind === kind);
    console.log(`${kind} (${found[0]?.severity}): ${found.length}`);
    const rows = found.slice(0, shownOfAKind).map(({ clips, detail }) => [clips.join(" "), detail]);
    const lines = formatTable(["", ""], rows).split("\n").slice(1);
    for (const line of lines) console.log(`  ${line}`);
    const more = found.length - shownOfAKind;
    if (more > 0) console.log(`  and ${more} more; --json has them all`);
  }
}
