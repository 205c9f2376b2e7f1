import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineCommand, runCommand } from "citty";
import type { Clip } from "../datasets/manifest.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { signalOf } from "./cancel.ts";
import { createProgress } from "./progress.ts";

const corpusOptions = { speakers: 10, clipsPerEmotion: 6, seed: 1 };

/** `undertone demo`: the main job from end to end on synthetic speech, with nothing to download. */
export const demoCommand = defineCommand({
  meta: {
    name: "demo",
    description:
      "Synthesize voices and words, train on both, report, analyze a clip: two minutes, no download",
    examples: ["undertone demo"],
  },
  args: {
    out: {
      type: "string",
      default: "demo",
      valueHint: "folder",
      description: "Folder for what it makes; an earlier demo there is replaced",
    },
  },
  run: async ({ args, data }) => {
    const { synthesizeCorpus } = await import("../datasets/synthetic.ts");
    const { readRecipe } = await import("../runs/read-recipe.ts");
    const { trainAndReport } = await import("./train-and-report.ts");
    const { analyzeCommand } = await import("./analyze.ts");
    const progress = createProgress(process.stderr);
    const signal = signalOf({ data });
    const corpus = join(args.out, "corpus");
    const pairs = join(args.out, "synthetic-pairs.jsonl");
    const runs = join(args.out, "runs");
    await clearEarlierDemo(args.out, [corpus, pairs, runs]);

    console.log(
      `1. Synthetic speech of ${corpusOptions.speakers} speakers in 8 emotions, each clip with made-up words: ${corpus}`,
    );
    await synthesizeCorpus(corpus, { ...corpusOptions, onProgress: progress, signal });
    await pairWithWords(corpus, pairs);
    console.log(
      "2. One network learns to hear, one to read; both are tested on new speakers and lines",
    );
    const request = {
      recipe: await readRecipe(recipePath),
      data: pairs,
      runFolder: join(runs, "fusion"),
      companions: [],
      cacheFolder: join(args.out, "features"),
      resume: false,
      command: "undertone demo",
      threads: undefined,
    };
    await trainAndReport(request, { progress, signal });
    const [voice, words] = [join(runs, "demo-official"), join(runs, "demo-words-official")];
    await printChannels({ voice, words });

    const clip = await testClip(pairs);
    const file = relative(process.cwd(), clip.path);
    const model = modelOf(voice);
    console.log(
      `\n3. One clip that nobody has heard before, meant as ${clip.emotion}, with the words “${clip.transcript}”`,
    );
    await printWords(modelOf(words), clip.transcript!);
    console.log(
      "   Its voice alone, as this command says it (a checkout writes npx tsx src/cli/main.ts for undertone):\n" +
        `   undertone analyze ${file} --model ${model} --no-transcript\n`,
    );
    const rawArgs = [file, "--model", model, "--no-transcript"];
    await runCommand(analyzeCommand, { rawArgs, data: signal });
    console.log(nextSteps(join(runs, "fusion", "report.html")));
  },
});

const recipePath = fileURLToPath(new URL("../../recipes/demo-fusion.json", import.meta.url));

/** Lines of each emotion in each split, for the clips to draw from. */
const linesPerEmotion = 40;

async function pairWithWords(corpus: string, pairs: string): Promise<void> {
  const { readCorpus } = await import("../datasets/read-corpus.ts");
  const { simulatePairs } = await import("../datasets/simulated-pairs.ts");
  const { syntheticTexts } = await import("../datasets/synthetic-texts.ts");
  const { writeClipTable } = await import("../datasets/write-table.ts");
  const { seed } = corpusOptions;
  const texts = syntheticTexts({ lines: linesPerEmotion, seed });
  const { clips } = simulatePairs(await readCorpus(corpus), texts, { seed });
  await writeClipTable(pairs, clips);
}

const modelOf = (runFolder: string): string => join(runFolder, "fold-1", "model.onnx");

async function printChannels(channels: Readonly<Record<string, string>>): Promise<void> {
  const { evaluateRun } = await import("../runs/evaluate-run.ts");
  for (const [channel, runFolder] of Object.entries(channels)) {
    const { scores } = await evaluateRun(runFolder);
    const recall = (100 * scores.unweightedAverageRecall.value).toFixed(1);
    console.log(`   The ${channel} alone: UAR ${recall} %.`);
  }
}

async function testClip(pairs: string): Promise<Clip> {
  const { readCorpus } = await import("../datasets/read-corpus.ts");
  return (await readCorpus(pairs)).clips.find(
    ({ split, emotion }) => split === "test" && emotion === "angry",
  )!;
}

async function printWords(path: string, text: string): Promise<void> {
  const { nodeRuntime } = await import("../graph/runtime.node.ts");
  const { loadTextModel } = await import("../models/load-model.ts");
  const model = await loadTextModel(await readFile(path), nodeRuntime);
  const [probabilities] = await model.probabilities([{ text, confidence: 1 }]);
  const surest = Math.max(...probabilities!);
  const emotion = model.card.labels[probabilities!.indexOf(surest)];
  console.log(`   Its words alone say ${emotion}, ${Math.round(100 * surest)} % sure.`);
  await model.close();
}

/** Marks a folder as the demo's own, so that nothing of anyone else's is ever replaced. */
const markerName = ".undertone-demo";

async function clearEarlierDemo(out: string, made: readonly string[]): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
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

function nextSteps(report: string): string {
  return `
Open ${report} in a browser: curves, confusions, and the mistakes to look at.

Next, real speech:
  undertone dataset download ravdess --out data/ravdess
  undertone train recipes/audio-cnn.json --data data/ravdess
  undertone analyze your-recording.wav`;
}
