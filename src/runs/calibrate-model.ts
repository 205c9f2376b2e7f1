import type { CorpusOptions } from "../datasets/read-corpus.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { exportEnsemble } from "../models/ensemble.ts";
import { predictsDimensions, readModelCard } from "../models/model-card.ts";
import { findVoiceModel, inFile } from "../recognition/voice-model.node.ts";
import { UndertoneError } from "../shared/errors.ts";
import { FeatureCache } from "./feature-cache.ts";
import { ClipClassifier } from "./predict-clips.ts";
import { calibrationByCorpora, type Calibration } from "./run-calibration.ts";
import { predictAll, readTestedBy, type TestOptions } from "./test-model.ts";

/** A finished model, and corpora that it was not trained on. */
export interface CalibrationRequest {
  /** Path of the model's file, or a name. */
  readonly model: string;
  /** Folders, or tables of clips. */
  readonly data: readonly string[];
  /** How to read them where they do not tell by themselves. */
  readonly corpusOptions?: CorpusOptions | undefined;
  /** Where features are kept between runs. */
  readonly cacheFolder: string;
}

/** A model's file with a calibration of its own, and what that was fitted on. */
export interface CalibratedModel extends Calibration {
  readonly bytes: Uint8Array;
  readonly corpora: readonly string[];
  readonly clips: number;
}

/**
 * Calibrates a finished model, whose weights stay as they are, on corpora that it was not trained on: its temperature, what
 * neutral speech sounds like to it, and the bias of neutral speech. The corpora count alike.
 * @throws UndertoneError `dataset-invalid` where no corpus has both neutral and emotional clips of one speaker, `usage` for a
 * model of dimensions, `split-leaks` for a corpus that the model was trained on, `model-invalid`
 */
export async function calibrateModel(
  { model, data, corpusOptions, cacheFolder }: CalibrationRequest,
  options: TestOptions,
): Promise<CalibratedModel> {
  const { path, bytes } = await findVoiceModel(model);
  if (await inFile(path, () => predictsDimensions(bytes))) {
    throw new UndertoneError(
      "usage",
      `${model} predicts dimensions: there is nothing to calibrate.`,
    );
  }
  const card = await inFile(path, () => readModelCard(bytes));
  const file = { path, bytes, card };
  const { labels, name, provenance } = card;
  const corpora: string[] = [];
  const byCorpus: Prediction[][] = [];
  const cache = await FeatureCache.open(cacheFolder);
  const classifier = await ClipClassifier.open(bytes, card, { ...options, cache });
  try {
    for (const folder of data) {
      const { corpus, clips } = await readTestedBy(file, { data: folder, corpusOptions }, options);
      const predicted = await predictAll(classifier, clips, options);
      corpora.push(corpus);
      byCorpus.push(
        predicted.map(({ clip: { id, speakerId, emotion }, outputs }) => ({
          id,
          speakerId,
          actual: labels.indexOf(emotion),
          probabilities: [...outputs],
        })),
      );
    }
  } finally {
    await classifier.close();
  }
  const calibration = calibrationByCorpora(
    byCorpus.map((uncalibrated) => ({ uncalibrated })),
    labels,
    options.onProgress,
  );
  if (!calibration.ordinary) {
    const message = `${data.join(", ")}: no speaker has both neutral and emotional clips, so there is no neutral speech to calibrate by.`;
    throw new UndertoneError("dataset-invalid", message);
  }
  const calibrated = exportEnsemble(
    [bytes],
    { of: "logits" },
    { name, ...calibration, provenance: { ...provenance, calibratedOn: corpora } },
  );
  return { ...calibration, bytes: calibrated, corpora, clips: byCorpus.flat().length };
}
