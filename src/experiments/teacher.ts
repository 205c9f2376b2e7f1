import { join } from "node:path";
import type { Split } from "../datasets/splits.ts";
import { isRecorded } from "../datasets/manifest.ts";
import { readModelCard, type ModelCard } from "../models/model-card.ts";
import { readModel } from "../recognition/voice-model.node.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { ClipJudge, type HeardClip } from "./clip-judge.ts";
import { FeatureCache } from "./feature-cache.ts";
import { membersOf } from "./fuse-runs.ts";
import type { Material } from "./material.ts";
import { readProvenance } from "./provenance.ts";
import { teacherOf } from "./recipe.ts";
import { foldFolder, readRunInfo, readSplit } from "./run-folder.ts";
import type { RunOptions, TrainingRequest } from "./training-request.ts";

interface Taught {
  readonly request: TrainingRequest;
  readonly corpus: string;
  readonly labels: readonly string[];
  /** By the utterance's id. */
  readonly materials: ReadonlyMap<string, Material>;
}

type FoldSides = Pick<Split, "fold" | "train" | "test">;

/** What a teacher says. */
interface Teaching {
  /** Probabilities [labels] by the utterance's id. */
  readonly answers: ReadonlyMap<string, Float32Array>;
  /** Names of the corpora that it was trained on. */
  readonly trainedOn: readonly string[];
}

const clipsAtOnce = 32;

/**
 * Refuses a teacher of which a run's fold may have learned from clips that the same fold is to be tested on.
 * @throws UndertoneError `split-leaks`
 */
export function assertSameTest(
  { runFolder }: { readonly runFolder: string },
  known: Pick<Split, "test">,
  { fold, test }: Pick<Split, "fold" | "test">,
): void {
  const tested = new Set(known.test);
  if (test.every((id) => tested.has(id))) return;
  throw new UndertoneError(
    "split-leaks",
    `The teacher's run ${runFolder} is tested on other clips in fold ${fold} and may have learned from the test clips of this one. ` +
      "Train it on the same data; where the seed draws the folds, take one seed.",
  );
}

/**
 * The mean of what the runs of a recipe's teacher say of a fold's training side; undefined without a teacher.
 * @throws UndertoneError `run-invalid` when the runs know other emotions or another corpus, `split-leaks` when they may have
 * heard a test clip, and what opening their models throws
 */
export async function teacherAnswers(
  split: FoldSides,
  taught: Taught,
  options: RunOptions,
): Promise<Teaching | undefined> {
  const { request, labels, materials } = taught;
  const teacher = teacherOf(request.recipe);
  if (!teacher) return undefined;
  const members = membersOf(teacher, request.runFolder);
  const cache = await FeatureCache.open(request.cacheFolder);
  const answers = new Map(split.train.map((id) => [id, new Float32Array(labels.length)]));
  const clips = split.train.map((id) => materials.get(id)!.utterance).filter(isRecorded);
  const trainedOn = new Set<string>();
  for (const [index, { runFolder }] of members.entries()) {
    const { bytes, card } = await modelOf(runFolder, split, taught);
    for (const name of readProvenance(card).trainedOn) trainedOn.add(name);
    const judge = await ClipJudge.open(bytes, card, { ...options, cache });
    try {
      for (let start = 0; start < clips.length; start += clipsAtOnce) {
        throwIfCancelled(options.signal);
        const heard: HeardClip[] = [];
        for (const clip of clips.slice(start, start + clipsAtOnce))
          heard.push(await judge.hear(clip));
        for (const [row, answer] of (await judge.judge(heard)).entries()) {
          const mean = answers.get(heard[row]!.clip.id)!;
          for (const [label, p] of answer.entries()) mean[label]! += p / members.length;
        }
        const done = Math.min(start + clipsAtOnce, clips.length);
        const label = `teacher ${index + 1} of ${members.length}`;
        options.onProgress({ label, done, total: clips.length, unit: "clips" });
      }
    } finally {
      await judge.close();
    }
  }
  return { answers, trainedOn: [...trainedOn] };
}

/** The model of a teacher's run that has learned from the same fold. */
async function modelOf(
  runFolder: string,
  split: FoldSides,
  { corpus, labels }: Taught,
): Promise<{ readonly bytes: Uint8Array; readonly card: ModelCard }> {
  const info = await readRunInfo(runFolder);
  if (info.corpus !== corpus) {
    const message = `The teacher's run ${runFolder} was trained on ${info.corpus}, not on ${corpus}. Choose another folder by --out.`;
    throw new UndertoneError("run-invalid", message);
  }
  const folder = foldFolder(runFolder, split.fold);
  assertSameTest({ runFolder }, await readSplit(folder), split);
  const { path, bytes } = await readModel(join(folder, "model.onnx"));
  const card = readModelCard(bytes);
  if (card.labels.join() !== labels.join()) {
    const message = `${path} knows other emotions than the corpus. Train it on the same data.`;
    throw new UndertoneError("run-invalid", message);
  }
  return { bytes, card };
}
