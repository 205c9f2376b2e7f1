import { openClipInputs, type ClipInputSpec, type FeatureStore } from "../../models/clip-inputs.ts";
import type { Runtime } from "../../graph/session.ts";
import { encoderInputs } from "../../models/encoder-layers.ts";
import type { Example, Inputs } from "../../models/example.ts";
import type { OpenEncoder } from "../../models/speech-encoder.ts";
import { throwIfCancelled, UndertoneError } from "../../shared/errors.ts";
import { toFloat16 } from "../../shared/float16.ts";
import { cnnFeatures } from "./cnn-recipe.ts";
import { taughtEncoders, taughtLabels, type TaughtClip, type TeachJob } from "./taught-clip.ts";
import type { TeachHooks } from "./teach-event.ts";
import type { TeachStore } from "./teach-store.ts";

/** What features are computed with. */
export interface TeachTools {
  readonly runtime: Runtime;
  readonly openEncoder: OpenEncoder;
  readonly store: TeachStore;
}

/** Rounded as the command line keeps them, so that both train on the same numbers. */
const roundedLayers: FeatureStore = {
  floats: (_, __, compute) => compute(),
  rows: async (_, __, compute) => toFloat16(await compute()),
};

/** Of longer clips the middle is encoded. */
export const longestSec = 4;

/** Returns the one input that is kept of a clip, and how it is computed. */
function featuresOf({ kind, encoder }: TeachJob): {
  readonly input: string;
  readonly spec: ClipInputSpec;
} {
  if (kind === "audio-cnn") {
    const { sampleRate, frames, hopLength, window: place } = cnnFeatures;
    const window = { sampleRate, length: frames * hopLength, place };
    return { input: "spectrogram", spec: { window, spectrogram: cnnFeatures } };
  }
  const encoders = [{ name: encoder, layers: taughtEncoders[encoder], tuned: 0 }];
  return {
    input: encoderInputs(encoder).statistics,
    spec: { encoders: { encoders, longestSec }, statistics: true },
  };
}

/**
 * Returns the examples of a job. Features are computed once and kept; only what is missing needs the encoder, and the
 * samples of its clip.
 * @throws UndertoneError `dataset-invalid` for a clip whose samples are gone, `cancelled`, `disk-full`, and what opening the encoder throws
 */
export async function clipExamples(
  job: TeachJob,
  { store, ...tools }: TeachTools,
  { onEvent, signal }: TeachHooks,
): Promise<Example[]> {
  const { input, spec } = featuresOf(job);
  const { clips } = job;
  const labels = taughtLabels(clips);
  let inputs: Awaited<ReturnType<typeof openClipInputs>> | undefined;
  const examples: Example[] = [];
  try {
    for (const [done, clip] of clips.entries()) {
      throwIfCancelled(signal);
      onEvent({ stage: "features", done, total: clips.length });
      const key = `${clip.id} ${job.kind} ${input}`;
      let features = await store.get("features", key);
      if (!features) {
        const samples = await store.get("samples", clip.id);
        if (!samples) throw gone(clip);
        inputs ??= await openClipInputs(spec, tools);
        const computed = (await inputs.of(async () => samples, roundedLayers))[input]!;
        features = Float32Array.from(computed);
        await store.put("features", key, features);
      }
      const view: Inputs = { [input]: features };
      examples.push({ id: clip.id, label: labels.indexOf(clip.label), views: [view] });
    }
  } finally {
    await inputs?.close();
  }
  onEvent({ stage: "features", done: clips.length, total: clips.length });
  return examples;
}

/** @throws UndertoneError `dataset-invalid` for fewer than two labels */
export function assertTeachable(clips: readonly TaughtClip[]): void {
  const labels = taughtLabels(clips);
  if (labels.length >= 2) return;
  const have = labels.length === 0 ? "no clip has a label" : `all clips are ${labels[0]}`;
  throw new UndertoneError(
    "dataset-invalid",
    `There is nothing to tell apart: ${have}. Label some of another label.`,
  );
}

function gone({ recording }: TaughtClip): UndertoneError {
  const message = `The sound of a clip of ${recording} is no longer kept. Open the recording again.`;
  return new UndertoneError("dataset-invalid", message);
}
