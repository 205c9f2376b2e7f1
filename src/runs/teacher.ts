import type { Split } from "../datasets/splits.ts";
import { isRecorded } from "../datasets/manifest.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import { ClipJudge, type HeardClip } from "./clip-judge.ts";
import { FeatureCache } from "./feature-cache.ts";
import { foldModel, type Learner } from "./fold-model.ts";
import { membersOf } from "./fuse-runs.ts";
import type { Material } from "./material.ts";
import { readProvenance } from "./provenance.ts";
import { teacherOf } from "./recipe.ts";
import type { RunOptions, TrainingRequest } from "./training-request.ts";

interface Taught extends Pick<Learner, "corpus" | "labels"> {
  readonly request: TrainingRequest;
  /** The training side, and the companions that join it. */
  readonly materials: readonly Material[];
}

/** What a teacher says. */
interface Teaching {
  /** Probabilities [labels] by the utterance's id. */
  readonly answers: ReadonlyMap<string, Float32Array>;
  /** Names of the corpora that it was trained on. */
  readonly trainedOn: readonly string[];
}

const clipsAtOnce = 32;

/**
 * The mean of what the runs of a recipe's teacher, which know the corpus alone, say of all that a fold trains on;
 * undefined without a teacher.
 * @throws UndertoneError as `foldModel`, and what opening the models throws
 */
export async function teacherAnswers(
  split: Pick<Split, "fold" | "test">,
  { request, corpus, labels, materials }: Taught,
  options: RunOptions,
): Promise<Teaching | undefined> {
  const teacher = teacherOf(request.recipe);
  if (!teacher) return undefined;
  const members = membersOf(teacher, request.runFolder);
  const cache = await FeatureCache.open(request.cacheFolder);
  const clips = materials.map(({ utterance }) => utterance).filter(isRecorded);
  const answers = new Map(clips.map(({ id }) => [id, new Float32Array(labels.length)]));
  const trainedOn = new Set<string>();
  for (const [index, { runFolder }] of members.entries()) {
    const { bytes, card } = await foldModel(runFolder, split, {
      corpus,
      companions: [],
      labels,
    });
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
