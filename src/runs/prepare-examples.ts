import { isRecorded, labelsOf, type Utterance } from "../datasets/manifest.ts";
import { sentenceEncoderOf, usesAudio, usesText, type Experiment } from "../recipes/recipe.ts";
import { openedAtUse, type OpenEncoder } from "../models/speech-encoder.ts";
import { openTogether } from "../shared/closing.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { ClipExample } from "./clip-example.ts";
import { FeatureExtractor, featurePlan } from "./clip-features.ts";
import { extractAll } from "./extract-all.ts";
import { FeatureCache } from "./feature-cache.ts";
import type { NoiseRecordings } from "./noise-recordings.ts";
import type { Data } from "./read-data.ts";
import type { RunOptions } from "./training-request.ts";

/** What examples are made with. */
export interface ExampleSource {
  readonly experiment: Experiment;
  /** Where features are kept between runs. */
  readonly cacheFolder: string;
  readonly noiseRecordings?: NoiseRecordings | undefined;
}

/**
 * Turns a corpus into examples: features of each clip's sound, its words, or both. Clips that cannot be read are
 * reported and left out; labels are those of the clips that can, none where dimensions are predicted.
 * @throws UndertoneError `dataset-invalid` when none can be read, or words are asked for and there are none
 */
export async function prepareExamples(
  data: Data,
  source: ExampleSource,
  options: RunOptions,
): Promise<{ readonly examples: ClipExample[]; readonly labels: string[] }> {
  const { experiment } = source;
  const clips = usesAudio(experiment)
    ? await withSounds(data, source, options)
    : data.clips.map(withoutSound);
  const labels = data.dimensions ? [] : labelsOf(clips.map(({ clip }) => clip));
  const labeled = clips.map((example) => ({ ...example, ...targetOf(example.clip, labels, data) }));
  if (!usesText(experiment)) return { examples: labeled, labels };
  const { withTranscripts } = await import("./transcripts.ts");
  const transcribed = await withTranscripts(labeled, experiment.recipe, options);
  const encoder = sentenceEncoderOf(experiment);
  if (encoder === undefined) return { examples: transcribed, labels };
  const { withSentences } = await import("./sentences.ts");
  const examples = await withSentences(transcribed, { ...source, encoder }, options);
  return { examples, labels };
}

/** Returns what is predicted of a clip: its label, or its ratings, where all clips count as one class. */
function targetOf(
  clip: Utterance,
  labels: readonly string[],
  { dimensions }: Data,
): Pick<ClipExample, "label" | "dimensions"> {
  if (!dimensions) return { label: labels.indexOf(clip.emotion) };
  return { label: 0, dimensions: dimensions.map(({ name }) => clip.dimensions![name]!) };
}

/** Labels come once it is known which clips can be read. */
const unlabeled = -1;

const withoutSound = (clip: Utterance): ClipExample => ({
  id: clip.id,
  clip,
  label: unlabeled,
  views: [{}],
});

async function withSounds(
  data: Data,
  { experiment, cacheFolder, noiseRecordings: noise }: ExampleSource,
  options: RunOptions,
): Promise<ClipExample[]> {
  const recorded = data.clips.filter(isRecorded);
  const cache = await FeatureCache.open(cacheFolder);
  const plan = featurePlan(experiment);
  const { onProgress, logger, signal } = options;
  const { threads, extractor } = await openTogether(async (keep) => {
    const started = await options.startFeatureThreads?.({ plan, cacheFolder, noise });
    if (started) keep(started);
    const { runtime, openEncoder } = options;
    const atUse: OpenEncoder = async (layers) => openedAtUse(() => openEncoder(layers));
    const tools = { cache, runtime, openEncoder: started ? atUse : openEncoder, noise };
    return { threads: started, extractor: await FeatureExtractor.open(plan, tools) };
  });
  try {
    const clips = await extractAll(extractor, recorded, {
      onProgress,
      onBadClip: (clip, error) => logger.warn(`${clip.id} is left out. ${error.message}`),
      signal,
      threads,
    });
    const lost = data.clips.length - clips.length;
    if (clips.length === 0) {
      const message = `${data.root}: none of its ${lost} clips can be read. See the warnings above.`;
      throw new UndertoneError("dataset-invalid", message);
    }
    if (lost > 0) logger.warn(`${lost} of ${data.clips.length} clips are left out.`);
    return clips.map((features) => ({ id: features.clip.id, label: unlabeled, ...features }));
  } finally {
    await Promise.all([extractor.close(), threads?.close()]);
  }
}
