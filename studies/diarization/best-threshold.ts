import type { Clip } from "../../src/datasets/manifest.ts";
import { assignTurns, embedSpeech } from "../../src/diarization/diarize.ts";
import type { SpeakerEncoder } from "../../src/diarization/speaker-encoder.ts";
import { diarizationErrors, pooledDiarizationErrorRate } from "../../src/evaluation/diarization.ts";
import type { EmbeddedRegion } from "../../src/diarization/resegment.ts";
import type { Turn } from "../../src/shared/turns.ts";
import { conversationOf } from "./conversations.ts";

/** Calls and interviews are mostly of two people. */
const speakers = 2;
const conversations = 9;
const thresholds = Array.from({ length: 11 }, (_, index) => (index + 5) / 100);

/** Returns the threshold of the least error rate over conversations of two speakers, clean and noisy. */
export async function bestThreshold(
  clips: readonly Clip[],
  encoder: SpeakerEncoder,
  seed: number,
): Promise<{ readonly threshold: number; readonly errorRate: number }> {
  const embedded: {
    readonly turns: readonly Turn[];
    readonly regions: readonly EmbeddedRegion[];
  }[] = [];
  for (let index = 0; index < conversations; index++) {
    const snrDb = index % 2 === 0 ? undefined : 15;
    const setting = { speakers, lengthSec: 60, overlapShare: 0.05, snrDb };
    const draw = ["validation", seed, speakers, index] as const;
    const { samples, turns } = await conversationOf(clips, setting, ...draw);
    embedded.push({ turns, regions: await embedSpeech([samples], encoder) });
  }
  const rates = thresholds.map((threshold) =>
    pooledDiarizationErrorRate(
      embedded.map(({ turns, regions }) =>
        diarizationErrors(turns, assignTurns(regions, { threshold })),
      ),
    ),
  );

  const errorRate = Math.min(...rates);
  return { threshold: thresholds[rates.indexOf(errorRate)]!, errorRate };
}
