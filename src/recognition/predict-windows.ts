import type { Transcript } from "../models/example.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { WindowModel } from "./analysis.ts";
import type { Observation } from "./smoothing.ts";
import type { SegmentAudio } from "./speech-segments.ts";
import { layWindows } from "./windows.ts";

const windowsAtOnce = 16;

/**
 * Returns an audio model's prediction for each window over a speech segment; a model with words is given them too.
 * @throws UndertoneError `model-invalid` when a prediction is not finite
 */
export async function predictWindows(
  segment: SegmentAudio,
  model: WindowModel,
  words?: Transcript,
): Promise<Observation[]> {
  const { sampleRate, windowSec } = model.card;
  const windows = layWindows(segment, { sampleRate, windowSec });
  const covered = Math.max(1, (segment.endSec - segment.startSec) / windowSec);
  const observations: Observation[] = [];
  for (let first = 0; first < windows.length; first += windowsAtOnce) {
    const batch = windows.slice(first, first + windowsAtOnce);
    const outputs = await model.predict(
      batch.map(({ samples }) => samples),
      batch.map(() => words),
    );
    for (const [i, { startSec, endSec }] of batch.entries()) {
      const { probabilities, distance } = outputs[i]!;
      if (distance !== undefined) checkFinite([distance]);
      observations.push({
        startSec,
        endSec,
        probabilities: checkFinite(probabilities),
        ...(distance !== undefined && { distance }),
        weight: covered / windows.length,
      });
    }
  }
  return observations;
}

/** @throws UndertoneError `model-invalid` when a prediction is not finite */
export function checkFinite<Numbers extends Float32Array | readonly number[]>(
  prediction: Numbers,
): Numbers {
  if (prediction.every(Number.isFinite)) return prediction;
  throw new UndertoneError(
    "model-invalid",
    "The model's prediction is not a finite number: its file is damaged. Get it again or train anew.",
  );
}
