import type { ModelOutput } from "../models/load-model.ts";
import type { WindowModel } from "./analysis.ts";
import { observationsOf } from "./predict-windows.ts";
import type { Observation } from "./smoothing.ts";
import type { SegmentAudio } from "./speech-segments.ts";
import { layWindows, windowStarts, type SpeechWindow } from "./windows.ts";

/** The latest speech that is predicted. */
const recentSec = 10;

/** Predicts speech that goes on: each time its latest window, others only where sound would be left out, and no window twice. */
export class OpenSpeech {
  readonly #model: WindowModel;
  #starts: readonly number[] = [];
  /** By the sample of the recording at which the window starts; none while the recording is shorter than a window. */
  #outputs = new Map<number, ModelOutput>();

  constructor(model: WindowModel) {
    this.#model = model;
  }

  /**
   * Returns observations of the latest speech of a segment, whose end may be further on than before.
   * @throws UndertoneError `model-invalid` when a prediction is not finite
   */
  async observe(segment: SegmentAudio): Promise<Observation[]> {
    const { windowSec } = this.#model.card;
    const recent = { ...segment, startSec: Math.max(segment.startSec, segment.endSec - recentSec) };
    const latestSec = recent.endSec - windowSec;
    const kept = this.#starts.filter((sec) => sec >= recent.startSec && sec < latestSec);
    const afterSec = kept.at(-1);
    if (afterSec === undefined) this.#starts = windowStarts(recent, windowSec);
    else if (latestSec - afterSec <= windowSec) this.#starts = [...kept, latestSec];
    else {
      const after = windowStarts({ ...recent, startSec: afterSec }, windowSec);
      this.#starts = [...kept, ...after.slice(1)];
    }
    const windows = layWindows(recent, this.#model.card, this.#starts);
    const outputs = await this.#predict(windows, recent);
    return observationsOf({ segment: recent, windows, windowSec }, outputs);
  }

  async #predict(
    windows: readonly SpeechWindow[],
    { samples }: SegmentAudio,
  ): Promise<ModelOutput[]> {
    const { sampleRate, windowSec } = this.#model.card;
    const keys = windows.map((window) => Math.round(window.samplesStartSec * sampleRate));
    const isWhole = Math.round(windowSec * sampleRate) <= samples.length;
    const known = this.#outputs;
    const fresh = windows.filter((_, i) => !known.has(keys[i]!));
    const predicted = (await this.#model.predict(fresh.map((window) => window.samples))).values();
    const outputs = keys.map((key) => known.get(key) ?? predicted.next().value!);
    this.#outputs = new Map(isWhole ? outputs.map((output, i) => [keys[i]!, output]) : []);
    return outputs;
  }
}
