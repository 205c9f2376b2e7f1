import { ratedCorpus } from "../datasets/dimensions.ts";
import type { Clip } from "../datasets/manifest.ts";
import type { LeftOut } from "../datasets/omissions.ts";
import type { Corpus } from "../datasets/read-corpus.ts";
import type { DimensionCard, ModelCard } from "../models/model-card.ts";
import type { RunInfo } from "./run-folder.ts";
import { predictionAmong, sharedLabels } from "./shared-labels.ts";
import type { TestOutcome } from "./test-folder.ts";

/** A clip, and what a model's file gives for it: probabilities [its labels], or values [its dimensions]. */
export interface PredictedClip {
  readonly clip: Clip;
  readonly outputs: Float32Array;
}

/** What a corpus can ask a model. */
export interface TestTerms {
  /** Labels or dimensions that both know, in words. */
  readonly asked: string;
  /** The corpus's clips that have them. */
  readonly clips: readonly Clip[];
  readonly leftOut: readonly LeftOut[];
  /** What `run.json` says of them, and of all that the model knows. */
  readonly info: Pick<RunInfo, "labels" | "dimensions">;
  readonly known: Pick<NonNullable<RunInfo["tested"]>, "knownLabels" | "knownDimensions">;
  outcomeOf(predicted: readonly PredictedClip[]): TestOutcome;
}

/** Returns the terms of a test. @throws UndertoneError `dataset-invalid` where model and corpus share too little */
export function testTerms(card: ModelCard | DimensionCard, corpus: Corpus): TestTerms {
  return "dimensions" in card ? dimensionTerms(card, corpus) : labelTerms(card, corpus);
}

function labelTerms(card: ModelCard, corpus: Corpus): TestTerms {
  const { labels, clips, leftOut } = sharedLabels(card, corpus);
  return {
    asked: `labels ${labels.join(", ")}`,
    clips,
    leftOut,
    info: { labels: [...labels] },
    known: { knownLabels: [...card.labels] },
    outcomeOf: (predicted) => ({
      test: predicted.map(({ clip, outputs }) =>
        predictionAmong(labels, { clip, probabilities: outputs }, card),
      ),
      temperature: card.temperature,
    }),
  };
}

function dimensionTerms({ dimensions: known }: DimensionCard, corpus: Corpus): TestTerms {
  const names = known.map(({ name }) => name);
  const { dimensions, clips, leftOut } = ratedCorpus(corpus, names);
  const asked = dimensions.map(({ name }) => name);
  return {
    asked: asked.join(", "),
    clips,
    leftOut,
    info: { labels: [], dimensions: [...dimensions] },
    known: { knownLabels: [], knownDimensions: [...known] },
    outcomeOf: (predicted) => ({
      test: predicted.map(({ clip: { id, speakerId, sex, dimensions: ratings }, outputs }) => ({
        id,
        speakerId,
        ...(sex && { sex }),
        actual: asked.map((name) => ratings![name]!),
        predicted: asked.map((name) => outputs[names.indexOf(name)]!),
      })),
    }),
  };
}
