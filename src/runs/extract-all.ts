import type { Clip } from "../datasets/manifest.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import type { ProgressListener } from "../shared/logger.ts";
import type { ClipFeatures, FeatureExtractor } from "./clip-features.ts";
import type { FeatureThreads } from "./feature-threads.ts";

interface ExtractOptions {
  readonly onProgress: ProgressListener;
  readonly onBadClip: (clip: Clip, error: UndertoneError) => void;
  readonly signal?: AbortSignal | undefined;
  /** What computes the features in place of this thread. */
  readonly threads?: FeatureThreads | undefined;
}

/** What no other clip would fare better with. */
const isForAll = ({ code }: UndertoneError): boolean =>
  code === "disk-full" || code === "cancelled";

/** So many to a thread that one is computed while others wait for the disk. */
const clipsAtOnce = 4;

/** Returns the features of all clips that can be read, in their order; the others are reported and left out. */
export async function extractAll(
  extractor: FeatureExtractor,
  clips: readonly Clip[],
  { onProgress, onBadClip, signal, threads }: ExtractOptions,
): Promise<ClipFeatures[]> {
  const extracted: (ClipFeatures | undefined)[] = [];
  const failures: unknown[] = [];
  const waiting = clips.entries();
  let done = 0;
  const extractOne = async (index: number, clip: Clip): Promise<void> => {
    throwIfCancelled(signal);
    try {
      const features = await threads?.extract(clip);
      extracted[index] = features ?? (await extractor.extract(clip, signal));
    } catch (error) {
      if (!(error instanceof UndertoneError) || isForAll(error)) throw error;
      onBadClip(clip, error);
    }
    onProgress({ label: "features", done: ++done, total: clips.length, unit: "clips" });
  };
  const extractNext = async (): Promise<void> => {
    for (const [index, clip] of waiting) {
      if (failures.length > 0) return;
      await extractOne(index, clip).catch((error: unknown) => failures.push(error));
    }
  };
  const atOnce = clipsAtOnce * (threads?.count ?? 1);
  await Promise.all(Array.from({ length: atOnce }, extractNext));
  if (failures.length > 0) throw failures[0];
  return extracted.filter((features) => features !== undefined);
}
