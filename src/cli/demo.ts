import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineCommand, runCommand } from "citty";
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
      "Synthesise a corpus, train on it, report, and analyse a clip: two minutes, no download",
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
    const { synthesiseCorpus } = await import("../datasets/synthetic.ts");
    const { readRecipe } = await import("../experiments/read-recipe.ts");
    const { readSplit, foldFolder } = await import("../experiments/run-folder.ts");
    const { trainAndReport } = await import("./train-and-report.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const { analyzeCommand } = await import("./analyze.ts");
    const progress = createProgress(process.stderr);
    const signal = signalOf({ data });
    const corpus = join(args.out, "corpus");
    const runFolder = join(args.out, "run");
    await clearEarlierDemo(args.out, [corpus, runFolder]);

    console.log(
      `1. Synthetic speech of ${corpusOptions.speakers} speakers in 8 emotions: ${corpus}`,
    );
    await synthesiseCorpus(corpus, { ...corpusOptions, onProgress: progress, signal });
    console.log("2. A network learns from some speakers and is tested on others");
    const recipePath = fileURLToPath(new URL("../../recipes/demo.json", import.meta.url));
    const request = {
      recipe: await readRecipe(recipePath),
      data: corpus,
      runFolder,
      cacheFolder: join(args.out, "features"),
      folds: [1],
      resume: false,
      command: "undertone demo",
      threads: undefined,
    };
    await trainAndReport(request, { progress, signal });
    console.log("(That warning is the demo's haste: it trains one fold of five, a real run all.)");

    const tested = new Set((await readSplit(foldFolder(runFolder, 1))).test);
    const clip = (await readCorpus(corpus)).clips.find(({ id }) => tested.has(id))!;
    const file = relative(process.cwd(), clip.path);
    const model = join(foldFolder(runFolder, 1), "model.onnx");
    console.log(
      `\n3. One clip that the network has not heard, meant as ${clip.emotion}:\n   undertone analyze ${file} --model ${model}\n`,
    );
    await runCommand(analyzeCommand, { rawArgs: [file, "--model", model], data: signal });
    console.log(nextSteps(join(runFolder, "report.html")));
  },
});

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

Next, real speech (the npx tsx src/cli/main.ts of a checkout is the undertone of an installation):
  undertone dataset download ravdess --out data/ravdess
  undertone train recipes/audio-cnn.json --data data/ravdess
  undertone analyze your-recording.wav`;
}
