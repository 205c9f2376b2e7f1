import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { readExperiment } from "../recipes/read-recipe.ts";
import { readSentences } from "../runs/ordinary-text.ts";
import { cancellable } from "./cancel.ts";
import { featureCacheFolder } from "./folders.ts";
import { createProgress } from "./progress.ts";
import { typedCommand } from "./typed-command.ts";
import { trainAndReport, type Request } from "./train-and-report.ts";
import type { TrainOptions } from "./train.ts";

/** Trains a recipe, named or in a file, as the options of `undertone train` say. */
export async function runTraining(recipeName: string, options: TrainOptions): Promise<void> {
  const request = await requestOf(recipeName, options);
  const { runFolder, resume } = request;
  const progress = createProgress(process.stderr);
  await cancellable(
    async (signal) => {
      if (options.queue === undefined) return trainAndReport(request, { progress, signal });
      const { trainByQueue } = await import("./train-by-queue.ts");
      await trainByQueue({ recipeName, options, request }, { progress, signal });
    },
    () =>
      options.queue === undefined
        ? continuation(runFolder, resume)
        : "Its folds stay in the queue: the same command with --resume waits for them.",
  );
}

/** Resolves to what the options of `undertone train` ask for. @throws UndertoneError `recipe-invalid`, `file-not-found` */
export async function requestOf(recipeName: string, options: TrainOptions): Promise<Request> {
  const { protocol, seed, epochs, resume = false, folds, threads, json } = options;
  const { corpus, columns, layout, speakerFrom, map } = options;
  const settings = [
    ...(options.set ?? []),
    ...(protocol === undefined ? [] : [`protocol=${protocol}`]),
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...(epochs === undefined ? [] : [`training.epochs=${epochs}`]),
  ];
  const experiment = await readExperiment(recipeName, { settings });
  const runFolder = options.out ?? join("runs", experiment.recipe.name);
  return {
    experiment,
    data: options.data,
    corpusOptions: { corpus, columns, layout, speakerFrom, map },
    extraData: options.extraData ?? [],
    noise: options.noise,
    ordinarySpeech: options.ordinarySpeech,
    notSpeech: options.notSpeech,
    ordinaryText:
      options.ordinaryText === undefined ? undefined : await readSentences(options.ordinaryText),
    initFrom: options.initFrom,
    runFolder,
    cacheFolder: featureCacheFolder(),
    calibrateFrom: options.calibrateFrom,
    folds,
    resume,
    command: typedCommand(),
    threads,
    json,
  };
}

/** Says how to continue an interrupted training, as far as it has come on disk. */
export async function continuation(runFolder: string, resume: boolean): Promise<string> {
  const files = await readdir(runFolder, { recursive: true }).catch((): string[] => []);
  if (!files.includes("run.json")) {
    return "No epoch has begun: the same command starts again and keeps the extracted features.";
  }
  const again = resume ? "The same command" : "The same command with --resume";
  const kept = files.some((file) => ["checkpoint.bin", "fold.json"].includes(basename(file)));
  return kept
    ? `${again} continues after the last finished epoch.`
    : `No epoch is finished: ${again.toLowerCase()} starts at the first one.`;
}
