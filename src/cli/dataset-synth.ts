import { defineCommand } from "citty";
import { UndertoneError } from "../shared/errors.ts";
import { wholeNumber } from "./arguments.ts";
import { signalOf } from "./cancel.ts";
import { createProgress } from "./progress.ts";

/** `undertone dataset synth`: a corpus of speech-like sounds, for trying things out. */
export const synthCommand = defineCommand({
  meta: {
    name: "synth",
    description: "Synthesize a corpus of speech-like clips whose prosody follows the emotion",
    examples: ["undertone dataset synth data/synthetic --speakers 12 --clips 8"],
  },
  args: {
    out: { type: "positional", required: true, description: "A new folder" },
    speakers: { type: "string", valueHint: "count", default: "8", description: "Speakers" },
    clips: {
      type: "string",
      valueHint: "count",
      default: "8",
      description: "Clips of each emotion by each speaker",
    },
    seed: { type: "string", valueHint: "number", default: "1", description: "Random seed" },
  },
  run: async ({ args, data }) => {
    const { syntheticLimits, synthesizeCorpus } = await import("../datasets/synthetic.ts");
    const speakers = wholeNumber("--speakers", args.speakers);
    const clipsPerEmotion = wholeNumber("--clips", args.clips);
    if (speakers > syntheticLimits.speakers || clipsPerEmotion > syntheticLimits.clipsPerEmotion) {
      const { speakers: most, clipsPerEmotion: mostClips } = syntheticLimits;
      throw new UndertoneError("usage", `At most ${most} speakers and ${mostClips} clips.`);
    }
    const seed = wholeNumber("--seed", args.seed, 0);
    const onProgress = createProgress(process.stderr);
    const signal = signalOf({ data });
    await synthesizeCorpus(args.out, { speakers, clipsPerEmotion, seed, onProgress, signal });
    console.log(`Next: undertone dataset stats ${args.out}`);
  },
});
