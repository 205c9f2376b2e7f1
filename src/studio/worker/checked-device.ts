import type { LabelScore, Recognizer, WebDevice } from "../../web/index.ts";

/** Probabilities on the graphics card may differ from the processor's by so much. */
export const tolerance = 0.001;

/** Why models run on the processor though the graphics card was asked for. */
export type DeviceRefusal =
  | { readonly why: "no-adapter" }
  | { readonly why: "failed"; readonly message: string }
  /** The greatest difference of a probability. */
  | { readonly why: "differs"; readonly difference: number };

/** A recognizer, and what it runs on. */
export interface CheckedRecognizer {
  readonly recognizer: Recognizer;
  readonly device: WebDevice;
  /** `null` where it runs on what was asked for. */
  readonly refusal: DeviceRefusal | null;
}

/** What opens recognizers, and whether there is a graphics card. */
export interface DeviceTools {
  readonly open: (device: WebDevice) => Promise<Recognizer>;
  readonly hasAdapter: () => Promise<boolean>;
}

/**
 * Opens a recognizer on the graphics card if that gives the processor's answer on a built-in clip, to `tolerance`; else on
 * the processor.
 * @throws UndertoneError what opening it on the processor throws
 */
export async function openOnGpu({ open, hasAdapter }: DeviceTools): Promise<CheckedRecognizer> {
  const recognizer = await open("wasm");
  const refused = (refusal: DeviceRefusal): CheckedRecognizer => ({
    recognizer,
    device: "wasm",
    refusal,
  });
  if (!(await hasAdapter())) return refused({ why: "no-adapter" });
  let onGpu: Recognizer | undefined;
  try {
    onGpu = await open("webgpu");
    const difference = await differenceOf(recognizer, onGpu);
    if (difference <= tolerance) {
      await recognizer.close();
      return { recognizer: onGpu, device: "webgpu", refusal: null };
    }
    await onGpu.close();
    return refused({ why: "differs", difference });
  } catch (error) {
    await onGpu?.close().catch(() => undefined);
    const message = error instanceof Error ? error.message : String(error);
    return refused({ why: "failed", message });
  }
}

/** Returns by how much the probabilities of the clip differ at most. */
async function differenceOf(one: Recognizer, other: Recognizer): Promise<number> {
  const sound = { samples: clip(), sampleRate };
  const [ours, theirs] = [await one.classify([sound]), await other.classify([sound])];
  const scores = new Map(theirs[0]!.map(({ label, score }) => [label, score]));
  const differences = ours[0]!.map(({ label, score }: LabelScore) =>
    Math.abs(score - (scores.get(label) ?? NaN)),
  );
  return differences.every(Number.isFinite) ? Math.max(...differences) : Infinity;
}

const sampleRate = 16_000;

/** Returns two seconds of a voice that rises and falls: harmonics of 120 to 240 Hz, as loud as syllables are. */
export function clip(): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: 2 * sampleRate }, (_, n) => {
    const sec = n / sampleRate;
    phase += (2 * Math.PI * (180 + 60 * Math.sin(2 * Math.PI * sec))) / sampleRate;
    let sum = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic++) sum += Math.sin(harmonic * phase) / harmonic;
    return 0.2 * sum * Math.sin(4 * Math.PI * sec) ** 2;
  });
}
