import { throwIfCancelled } from "../shared/errors.ts";
import type { Analysis, Segment, WindowModel } from "./analysis.ts";
import type { Observation } from "./smoothing.ts";
import { speechStretches, type HeardStretch } from "./stretches.ts";
import { buildTimeline, byLabel } from "./timeline.ts";
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
      observations.push({ startSec, endSec, probabilities: answers[i]!, weight });
    }
  }
  return observations;
}

function shareTime(labels: readonly string[], segments: readonly Segment[]): number[] {
  const seconds = labels.map((label) =>
    segments
      .filter(({ emotion }) => emotion === label)
      .reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0),
  );
  const total = seconds.reduce((sum, sec) => sum + sec, 0);
  return total > 0 ? seconds.map((sec) => sec / total) : seconds;
}

/**
 * Emotion over time of one recording, read once from start to end in bounded memory.
 * @throws UndertoneError `cancelled`, or what reading the blocks throws
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
  const shares = shareTime(labels, segments);
  const largest = Math.max(...shares);
  return {
    durationSec: Math.round(durationSec * 1000) / 1000,
    speechSec: Math.round(speechSec * 1000) / 1000,
    dominantEmotion: largest > 0 ? labels[shares.indexOf(largest)]! : null,
    shares: byLabel(labels, shares),
    segments,
    warnings: [...warnings],
  };
}
