import type { Transcript } from "../models/example.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { WindowModel } from "./analysis.ts";
import type { Observation } from "./smoothing.ts";
import type { SegmentAudio } from "./speech-segments.ts";
import { layWindows } from "./windows.ts";

const windowsAtOnce = 16;

/**
 * What a model says of each window over a stretch; one that reads too is given the words.
 * @throws UndertoneError `model-invalid` when it answers with no numbers
 */
export async function listen(
  stretch: SegmentAudio,
  model: WindowModel,
  words?: Transcript,
): Promise<Observation[]> {
  const { sampleRate, windowSec } = model.card;
  const windows = layWindows(stretch, { sampleRate, windowSec });
  const covered = Math.max(1, (stretch.endSec - stretch.startSec) / windowSec);
  const observations: Observation[] = [];
  for (let first = 0; first < windows.length; first += windowsAtOnce) {
    const batch = windows.slice(first, first + windowsAtOnce);
    const answers = await model.predict(
      batch.map(({ samples }) => samples),
      batch.map(() => words),
    );
    for (const [i, { startSec, endSec }] of batch.entries()) {
      const weight = covered / windows.length;
      const { probabilities, distance } = answers[i]!;
      if (distance !== undefined) checked([distance]);
      observations.push({
        startSec,
        endSec,
        probabilities: checked(probabilities),
        ...(distance !== undefined && { distance }),
        weight,
      });
    }
  }
  return observations;
}

/** @throws UndertoneError `model-invalid` when a model's answer holds what is no number */
export function checked<Numbers extends Float32Array | readonly number[]>(
  answer: Numbers,
): Numbers {
  if (answer.every(Number.isFinite)) return answer;
  throw new UndertoneError(
    "model-invalid",
    "The model answers with what is no number: its file is damaged. Get it again or train anew.",
  );
}
