import { readdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { readCorpus } from "../datasets/read-corpus.ts";
import { simulatePairs } from "../datasets/simulated-pairs.ts";
import { syntheticTexts } from "../datasets/synthetic-texts.ts";
import { synthesizeCorpus } from "../datasets/synthetic.ts";
import { writeClipTable } from "../datasets/write-table.ts";
import { predictedLabel } from "../evaluation/prediction.ts";
import { evaluateRun, type EvaluatedRun } from "../runs/evaluate-run.ts";
import { readExperiment } from "../recipes/read-recipe.ts";
import { combineRuns } from "../runs/combine-runs.ts";
import { runFacts } from "../runs/run-facts.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { cancellable } from "./cancel.ts";
import { clipToShow, isRight } from "./demo-clip.ts";
import { createProgress } from "./progress.ts";
import { formatTable } from "./table.ts";
import { reportRun, trainAndReport } from "./train-and-report.ts";
import { typeable } from "./typeable.ts";
import { makeFolders } from "../shared/make-folders.node.ts";

const corpusOptions = { speakers: 10, clipsPerEmotion: 6, seed: 1 };
/** For the clips to draw from, in each split. */
const linesPerEmotion = 40;

/** Runs `undertone demo` in a folder, which is new or an earlier demo's. */
export async function runDemo(out: string): Promise<void> {
  const folders = { corpus: join(out, "corpus"), runs: join(out, "runs") };
  const pairs = join(out, "synthetic-pairs.jsonl");
  await clearEarlierDemo(out, [folders.corpus, folders.runs, pairs]);
  const progress = createProgress(process.stderr);

  const demo = async (signal: AbortSignal): Promise<void> => {
    console.log(
      `1. Synthesize ${corpusOptions.speakers} speakers in 8 emotions, each clip with made-up words: ${folders.corpus}`,
    );
    await synthesizeCorpus(folders.corpus, { ...corpusOptions, onProgress: progress, signal });
    await pairWithWords(folders.corpus, pairs);
    console.log(
      "2. Train an audio network and a text network, fuse them, and test on unseen speakers and lines",
    );
    const command = "undertone demo";
    const [voice, words] = [join(folders.runs, "voice"), join(folders.runs, "words")];
    for (const [recipe, runFolder] of [
      ["demo-audio", voice],
      ["demo-text", words],
    ] as const) {
      const training = {
        experiment: await readExperiment(recipe, { settings: ["protocol=official"] }),
        data: pairs,
        extraData: [],
        runFolder,
        cacheFolder: join(out, "features"),
        resume: false,
        command,
        threads: undefined,
      };
      await trainAndReport(training, { progress, signal });
    }
    const fusion = join(folders.runs, "fusion");
    const facts = runFacts(command, undefined);
    const combination = { runs: [voice, words], method: "logits", name: "fusion" } as const;
    await combineRuns({ ...combination, runFolder: fusion, facts }, progress);
    await reportRun(fusion, { data: pairs });
    await printResults(pairs, {
      voice: await evaluateRun(voice),
      words: await evaluateRun(words),
      fusion: await evaluateRun(fusion),
    });
  };
  await cancellable(demo);
}

async function pairWithWords(corpus: string, pairs: string): Promise<void> {
  const { seed } = corpusOptions;
  const texts = syntheticTexts({ lines: linesPerEmotion, seed });
  const { clips } = simulatePairs(await readCorpus(corpus), texts, { seed });
  await writeClipTable(pairs, clips);
}

type Channels = Readonly<Record<"voice" | "words" | "fusion", EvaluatedRun>>;

async function printResults(pairs: string, runs: Channels): Promise<void> {
  const scores = Object.entries(runs).map(([channel, run]) => [
    channel,
    `${(100 * run.scores.unweightedAverageRecall.value).toFixed(1)} %`,
  ]);
  console.log(`\n${formatTable(["channel", "test UAR"], scores)}`);

  const { labels } = runs.fusion.info;
  const right = runs.fusion.test.filter(isRight);
  const shown = clipToShow({
    voice: runs.voice.test,
    words: runs.words.test,
    fusion: runs.fusion.test,
  });
  const { clips } = await readCorpus(pairs);
  const clip = clips.find(({ id }) => id === shown);
  if (clip !== undefined) {
    const file = relative(process.cwd(), clip.path);
    console.log(
      `\n3. A test clip, one of the ${right.length} of ${runs.fusion.test.length} that the fusion predicts right: ${file}\n` +
        `   spoken as ${clip.emotion}, with the words “${clip.transcript}”\n`,
    );
    const rows = Object.entries(runs).map(([channel, { test }]) => {
      const { probabilities } = test.find(({ id }) => id === clip.id)!;
      const best = predictedLabel(probabilities);
      return [channel, labels[best]!, `${Math.round(100 * probabilities[best]!)} %`];
    });
    console.log(formatTable(["channel", "prediction", "probability"], rows));
    console.log(typeable(`\nTo see it: undertone spectrogram ${file} --out clip.png`));
  }
  console.log(nextSteps(runs));
}

function nextSteps({ voice, words, fusion }: Channels): string {
  return typeable(`
Open in a browser: ${join(fusion.runFolder, "report.html")}
Learning curves, confusion matrix and errors of the fusion and of both networks.
The runs: ${voice.runFolder} and ${words.runFolder}

Next, real speech:
  undertone dataset download ravdess --out data/ravdess
  undertone train audio-cnn --data data/ravdess
  undertone analyze your-recording.wav`);
}

/** Marks a folder as the demo's own, so that nothing of anyone else's is ever replaced. */
const markerName = ".undertone-demo";

async function clearEarlierDemo(out: string, made: readonly string[]): Promise<void> {
  try {
    await makeFolders(out);
    const entries = await readdir(out);
    if (entries.length > 0 && !entries.includes(markerName)) {
      throw new UndertoneError("usage", `${out} holds other files. Name a new folder by --out.`);
    }
    await writeFile(join(out, markerName), "");
    for (const folder of made) await rm(folder, { recursive: true, force: true });
  } catch (error) {
    throw error instanceof UndertoneError ? error : fileError(out, error);
  }
}
