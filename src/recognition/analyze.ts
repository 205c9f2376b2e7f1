import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import type { Analysis, Segment, WindowModel } from "./analysis.ts";
import type { Observation } from "./smoothing.ts";
import { speechStretches, type HeardStretch } from "./stretches.ts";
import { buildTimeline, byLabel, toMs, toPlaces } from "./timeline.ts";
import { layWindows } from "./windows.ts";

/** A recording as the analysis takes it: mono, at the model's sample rate, in blocks of any length. */
export interface Recording {
  readonly blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>;
  /** What the decoder found odd; read when the blocks have ended. */
  readonly warnings: readonly string[];
}

interface AnalyzeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of the recording that are done. */
  readonly onProgress?: ((doneSec: number) => void) | undefined;
}

const windowsAtOnce = 16;

async function listen(stretch: HeardStretch, model: WindowModel): Promise<Observation[]> {
  const { sampleRate, windowSec } = model.card;
  const windows = layWindows(stretch, { sampleRate, windowSec });
  const covered = Math.max(1, (stretch.endSec - stretch.startSec) / windowSec);
  const observations: Observation[] = [];
  for (let first = 0; first < windows.length; first += windowsAtOnce) {
    const batch = windows.slice(first, first + windowsAtOnce);
    const answers = await model.probabilities(batch.map(({ samples }) => samples));
    for (const [i, { startSec, endSec }] of batch.entries()) {
      const weight = covered / windows.length;
      const probabilities = answers[i]!;
      if (!probabilities.every(Number.isFinite)) throw noAnswer();
      observations.push({ startSec, endSec, probabilities, weight });
    }
  }
  return observations;
}

const noAnswer = (): UndertoneError =>
  new UndertoneError(
    "model-invalid",
    "The model answers with what is no number: its file is damaged. Get it again or train anew.",
  );

interface Summary {
  readonly dominantEmotion: string | null;
  readonly confidence: number | null;
  readonly shares: Readonly<Record<string, number>>;
}

function summarise(labels: readonly string[], segments: readonly Segment[]): Summary {
  const seconds = new Map(labels.map((label) => [label, 0]));
  const sureSeconds = new Map(seconds);
  for (const { startSec, endSec, emotion, confidence } of segments) {
    if (emotion === null || confidence === null) continue;
    const lengthSec = endSec - startSec;
    seconds.set(emotion, seconds.get(emotion)! + lengthSec);
    sureSeconds.set(emotion, sureSeconds.get(emotion)! + lengthSec * confidence);
  }
  const total = [...seconds.values()].reduce((sum, sec) => sum + sec, 0);
  const shares = byLabel(
    labels,
    [...seconds.values()].map((sec) => (total > 0 ? sec / total : 0)),
  );
  const [most] = [...seconds].toSorted(([, a], [, b]) => b - a);
  if (most === undefined || total === 0) return { dominantEmotion: null, confidence: null, shares };
  const [dominantEmotion, sec] = most;
  const confidence = toPlaces(sureSeconds.get(dominantEmotion)! / sec);
  return { dominantEmotion, confidence, shares };
}

/**
 * Emotion over time of one recording, read once from start to end in bounded memory.
 * @throws UndertoneError `cancelled`, `model-invalid`, or what reading the blocks throws
 */
export async function analyzeRecording(
  { blocks, warnings }: Recording,
  model: WindowModel,
  { signal, onProgress }: AnalyzeOptions = {},
): Promise<Analysis> {
  const { labels, sampleRate, windowSec } = model.card;
  const observations: Observation[] = [];
  let sampleCount = 0;
  let speechSec = 0;
  async function* watched(): AsyncGenerator<Float32Array> {
    for await (const block of blocks) {
      throwIfCancelled(signal);
      yield block;
      sampleCount += block.length;
      onProgress?.(sampleCount / sampleRate);
    }
  }
  for await (const stretch of speechStretches(watched(), { sampleRate, contextSec: windowSec })) {
    throwIfCancelled(signal);
    observations.push(...(await listen(stretch, model)));
    speechSec += stretch.speechSec;
  }
  const durationSec = sampleCount / sampleRate;
  const segments = buildTimeline(labels, observations, durationSec);
  return {
    durationSec: toMs(durationSec),
    speechSec: toMs(speechSec),
    ...summarise(labels, segments),
    segments,
    warnings: [...warnings],
  };
}
