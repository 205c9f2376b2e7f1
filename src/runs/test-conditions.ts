import { testConditions, type Condition } from "../audio/augmentation/conditions.ts";
import { codecSampleRate } from "../audio/augmentation/codec-names.ts";
import { augmentWaveform } from "../audio/augmentation/waveform.ts";
import type { Clip } from "../datasets/manifest.ts";
import type { LeftOut } from "../datasets/omissions.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Progress } from "../shared/logger.ts";
import { Random } from "../shared/random.ts";
import { readNoise, type NoiseRecordings } from "./noise-recordings.ts";
import type { ClipClassifier, SoundChange } from "./predict-clips.ts";
import { predictionAmong } from "./shared-labels.ts";
import {
  assertSomePredicted,
  openTested,
  predictAll,
  readTested,
  type TestOptions,
  type TestRequest,
} from "./test-model.ts";
import type { PredictedClip } from "./test-terms.ts";

/** A finished model, a corpus, and what its clips are made worse with. */
export interface ConditionsRequest extends Pick<
  TestRequest,
  "model" | "data" | "corpusOptions" | "cacheFolder"
> {
  /** Of what is drawn; the same for a clip in every test. */
  readonly seed: number;
  /** Folders of recorded noise in place of white and pink noise. */
  readonly noise: readonly string[];
}

/** The predictions of one model under each condition, on the same clips. */
export interface TestedConditions {
  readonly name: string;
  /** Of the model's file. */
  readonly sha256: string;
  readonly trainedOn: readonly string[];
  readonly corpus: string;
  readonly labels: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly seed: number;
  readonly noise: NoiseRecordings["record"];
  readonly clean: readonly Prediction[];
  readonly conditions: readonly {
    readonly condition: Condition;
    readonly predictions: readonly Prediction[];
  }[];
}

/**
 * Tests a finished model on a corpus that it was not trained on, as it is and under each condition. What a condition draws
 * for a clip depends on the seed, the condition and the clip's file alone.
 * @throws UndertoneError `usage` for a model of dimensions or of another sample rate than 16 kHz, and as `testModel`
 */
export async function testUnderConditions(
  request: ConditionsRequest,
  options: TestOptions,
): Promise<TestedConditions> {
  const { seed, noise: folders } = request;
  const tested = await readTested(request, options);
  const { card, clips, corpus, sha256, trainedOn, leftOut } = tested;
  const { labels } = tested.info;
  const { sampleRate } = card;
  if ("dimensions" in card) {
    const message = `${request.model} predicts dimensions. Conditions are for models of emotions.`;
    throw new UndertoneError("usage", message);
  }
  if (sampleRate !== codecSampleRate) {
    throw new UndertoneError(
      "usage",
      `${request.model} takes ${sampleRate} Hz. Conditions are for models that take ${codecSampleRate} Hz.`,
    );
  }
  const noise = await readNoise(folders, { sampleRate, ...options });
  const changes = testConditions.map((condition) =>
    soundChange(condition, { sampleRate, seed, noise }),
  );
  const classifier = await openTested(tested, request, options);
  let predicted: readonly (readonly PredictedClip[])[];
  try {
    predicted = await predictEach(classifier, { clips, changes: [undefined, ...changes] }, options);
  } finally {
    await classifier.close();
  }
  const [clean, ...worse] = predicted.map((some) =>
    some.map(({ clip, outputs }) =>
      predictionAmong(labels, { clip, probabilities: outputs }, card),
    ),
  );
  assertSomePredicted(tested, clean!);
  const unreadable = { reason: "cannot be read", count: clips.length - clean!.length };
  return {
    name: card.name,
    sha256,
    trainedOn,
    corpus,
    labels,
    leftOut: [...leftOut, unreadable].filter(({ count }) => count > 0),
    seed,
    noise: noise.record,
    clean: clean!,
    conditions: testConditions.map((condition, index) => ({
      condition,
      predictions: worse[index]!,
    })),
  };
}

interface Changes {
  readonly clips: readonly Clip[];
  /** `undefined` for the clips as they are. */
  readonly changes: readonly (SoundChange | undefined)[];
}

/** Returns the predictions [change][clip] of the clips that can be read each time. */
async function predictEach(
  classifier: ClipClassifier,
  { clips, changes }: Changes,
  options: TestOptions,
): Promise<PredictedClip[][]> {
  const predicted: PredictedClip[][] = [];
  let readable = clips;
  let before = 0;
  for (const [step, change] of changes.entries()) {
    const start = before;
    const total = start + (changes.length - step) * readable.length;
    const onProgress = (progress: Progress): void => {
      const facts = { condition: testConditions[step - 1]?.name ?? "clean" };
      const done = start + progress.done;
      options.onProgress({ ...progress, label: "clips under conditions", done, total, facts });
    };
    before += readable.length;
    const some = await predictAll(classifier, readable, { ...options, onProgress, change });
    predicted.push(some);
    readable = some.map(({ clip }) => clip);
  }
  const known = new Set(readable);
  return predicted.map((some) => some.filter(({ clip }) => known.has(clip)));
}

interface Drawing {
  readonly sampleRate: number;
  readonly seed: number;
  readonly noise: NoiseRecordings;
}

function soundChange(
  { augmentation }: Condition,
  { sampleRate, seed, noise }: Drawing,
): SoundChange {
  const recordings = augmentation.snrDb && noise.record.map(({ sha256 }) => sha256);
  return {
    key: { condition: augmentation, seed, ...(recordings?.length && { noise: recordings }) },
    apply: (samples, content) =>
      augmentWaveform(
        samples,
        { sampleRate, augmentation: { probability: 1, ...augmentation }, noise: noise.samples },
        new Random(seed, "condition", content),
      ),
  };
}
