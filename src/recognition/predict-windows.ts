import { findSpeech } from "../audio/speech-activity.ts";
import type { VoicingMeter } from "../audio/voicing.ts";
import type { SpeechPart } from "../models/clip-inputs.ts";
import type { Transcript } from "../models/example.ts";
import type { ModelOutput, SpeechPredictor } from "../models/load-model.ts";
import type { HiddenLayers } from "../models/speech-encoder.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { WindowModel } from "./analysis.ts";
import type { Observation } from "./smoothing.ts";
import type { SegmentAudio } from "./speech-segments.ts";
import { layWindows, type SpeechWindow } from "./windows.ts";

const windowsAtOnce = 16;

/** Speech without words that an encoder takes as a whole: of longer speech, attention takes too much memory. */
const longestSec = 12;

/** What is known of a segment beside its sound. */
interface Known {
  /** For a model with words. */
  readonly words?: Transcript | undefined;
  /** Of an utterance, where the transcriber's encoder is the model's. */
  readonly layers?: HiddenLayers | undefined;
}

/**
 * Returns an audio model's prediction for each window over a speech segment.
 * @throws UndertoneError `model-invalid` when a prediction is not finite
 */
export async function predictWindows(
  segment: SegmentAudio,
  model: WindowModel,
  known: Known = {},
): Promise<Observation[]> {
  const { sampleRate, windowSec } = model.card;
  const windows = layWindows(segment, { sampleRate, windowSec });
  const laid = { segment, windows, sampleRate, windowSec };
  // One window has the sound around short speech too, of which it tells more.
  const outputs =
    model.speech && windows.length > 1
      ? await predictInSpeech(laid, model.speech, known)
      : await predictEach(windows, model, known);
  return observationsOf(laid, outputs);
}

/**
 * Returns what was predicted of the windows over a segment, at their places.
 * @throws UndertoneError `model-invalid` when a prediction is not finite
 */
export function observationsOf(
  { segment, windows, windowSec }: Omit<LaidWindows, "sampleRate">,
  outputs: readonly ModelOutput[],
): Observation[] {
  const covered = Math.max(1, (segment.endSec - segment.startSec) / windowSec);
  return windows.map(({ startSec, endSec }, i) => {
    const { probabilities, distance } = outputs[i]!;
    if (distance !== undefined) checkFinite([distance]);
    return {
      startSec,
      endSec,
      probabilities: checkFinite(probabilities),
      ...(distance !== undefined && { distance }),
      weight: covered / windows.length,
    };
  });
}

async function predictEach(
  windows: readonly SpeechWindow[],
  model: WindowModel,
  { words }: Known,
): Promise<ModelOutput[]> {
  const outputs: ModelOutput[] = [];
  for (let first = 0; first < windows.length; first += windowsAtOnce) {
    const batch = windows.slice(first, first + windowsAtOnce);
    outputs.push(
      ...(await model.predict(
        batch.map(({ samples }) => samples),
        batch.map(() => words),
      )),
    );
  }
  return outputs;
}

interface LaidWindows {
  readonly segment: SegmentAudio;
  readonly windows: readonly SpeechWindow[];
  readonly sampleRate: number;
  readonly windowSec: number;
}

/** Predicts windows by the frames in them of speech that is encoded once: an utterance as a whole, other speech in parts. */
async function predictInSpeech(
  laid: LaidWindows,
  speech: SpeechPredictor,
  { words, layers }: Known,
): Promise<ModelOutput[]> {
  const { segment, windows, windowSec } = laid;
  const isUtterance = segment.utterance !== undefined;
  const outputs: ModelOutput[] = [];
  let rest = windows;
  while (rest.length > 0) {
    const endSec = rest[0]!.samplesStartSec + longestSec;
    const tooFar = rest.findIndex(
      ({ samplesStartSec }, n) => n > 0 && samplesStartSec + windowSec > endSec,
    );
    const count = isUtterance || tooFar < 0 ? rest.length : tooFar;
    const some = { ...laid, windows: rest.slice(0, count) };
    const { samples, parts } = cutParts(some, speech.meter);
    outputs.push(...(await speech.predict(layers ?? (await speech.encode(samples)), parts, words)));
    rest = rest.slice(count);
  }
  return outputs;
}

/** The sound of a segment under windows, and what each of them has of it: from its first speech to its last. */
function cutParts({ segment, windows, sampleRate, windowSec }: LaidWindows, meter: VoicingMeter) {
  const isWhole = segment.utterance !== undefined;
  const [from, to] = isWhole
    ? [segment.startSec, segment.endSec]
    : [windows[0]!.samplesStartSec, windows.at(-1)!.samplesStartSec + windowSec];
  const at = (sec: number): number => Math.round((sec - segment.samplesStartSec) * sampleRate);
  const samples = segment.samples.subarray(at(from), at(to));
  const speech = findSpeech(samples, sampleRate, { frames: meter.measure(samples) });
  const parts = windows.map(({ samplesStartSec }): SpeechPart => {
    const [startSec, endSec] = [samplesStartSec - from, samplesStartSec + windowSec - from];
    const within = speech.filter((region) => region.endSec > startSec && region.startSec < endSec);
    return {
      start: Math.max(startSec, within[0]?.startSec ?? 0) * sampleRate,
      end: Math.min(endSec, within.at(-1)?.endSec ?? endSec) * sampleRate,
    };
  });
  return { samples, parts };
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
