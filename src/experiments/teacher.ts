import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Split } from "../datasets/splits.ts";
import { isRecorded } from "../datasets/manifest.ts";
import { readModelCard } from "../models/model-card.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { ClipJudge, type HeardClip } from "./clip-judge.ts";
import { FeatureCache } from "./feature-cache.ts";
import { membersOf } from "./fuse-runs.ts";
import type { Material } from "./material.ts";
import { teacherOf } from "./recipe.ts";
import { foldFolder } from "./run-folder.ts";
import type { RunOptions, TrainingRequest } from "./training-request.ts";

interface Taught {
  readonly request: TrainingRequest;
  readonly labels: readonly string[];
  /** By the utterance's id. */
  readonly materials: ReadonlyMap<string, Material>;
}

const clipsAtOnce = 32;

/**
 * The mean of what the runs of a recipe's teacher say of a fold's training side: probabilities [labels] by the
 * utterance's id; undefined without a teacher. The runs have the same protocol, so that none has heard a test clip.
 * @throws UndertoneError `run-invalid` when the runs know other emotions, and what opening their models throws
 */
export async function teacherAnswers(
  { fold, train }: Pick<Split, "fold" | "train">,
  { request, labels, materials }: Taught,
  options: RunOptions,
): Promise<Map<string, Float32Array> | undefined> {
  const teacher = teacherOf(request.recipe);
  if (!teacher) return undefined;
  const members = membersOf(teacher, request.runFolder);
  const cache = await FeatureCache.open(request.cacheFolder);
  const means = new Map(train.map((id) => [id, new Float32Array(labels.length)]));
  const clips = train.map((id) => materials.get(id)!.utterance).filter(isRecorded);
  for (const [index, { runFolder }] of members.entries()) {
    const path = join(foldFolder(runFolder, fold), "model.onnx");
    const bytes = await readFile(path).catch((error: unknown) => {
      throw fileError(path, error);
    });
    const card = readModelCard(bytes);
    if (card.labels.join() !== labels.join()) {
      const message = `${path} knows other emotions than the corpus. Train it on the same data.`;
      throw new UndertoneError("run-invalid", message);
    }
    const judge = await ClipJudge.open(bytes, card, { ...options, cache });
    try {
      for (let start = 0; start < clips.length; start += clipsAtOnce) {
        throwIfCancelled(options.signal);
        const heard: HeardClip[] = [];
        for (const clip of clips.slice(start, start + clipsAtOnce))
          heard.push(await judge.hear(clip));
        const answers = await judge.judge(heard);
        for (const [row, { clip }] of heard.entries()) {
          const mean = means.get(clip.id)!;
          for (const [label, p] of answers[row]!.entries()) mean[label]! += p / members.length;
        }
        const done = Math.min(start + clipsAtOnce, clips.length);
        const label = `teacher ${index + 1} of ${members.length}`;
        options.onProgress({ label, done, total: clips.length, unit: "clips" });
      }
    } finally {
      await judge.close();
    }
  }
  return means;
}
