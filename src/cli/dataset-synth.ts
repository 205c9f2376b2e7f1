import { UndertoneError } from "../shared/errors.ts";
import { cancellable } from "./cancel.ts";
import { createCommand, examples } from "./command.ts";
import { wholeNumber } from "./options.ts";
import { createProgress } from "./progress.ts";
import { typeable } from "./typeable.ts";

/** `undertone dataset synth`: a corpus of speech-like sounds, for trying things out. */
export const synthCommand = createCommand(
  "synth",
  "Synthesize a corpus of speech-like clips whose prosody follows the emotion",
)
  .argument("<out>", "A new folder")
  .option("--speakers <count>", "Speakers", wholeNumber(), 8)
  .option("--clips <count>", "Clips of each emotion by each speaker", wholeNumber(), 8)
  .option("--seed <number>", "Random seed", wholeNumber(0), 1)
  .addHelpText("after", examples("undertone dataset synth data/synthetic --speakers 12"))
  .action(async (out, { speakers, clips: clipsPerEmotion, seed }) => {
    const { syntheticLimits, synthesizeCorpus } = await import("../datasets/synthetic.ts");
    if (speakers > syntheticLimits.speakers || clipsPerEmotion > syntheticLimits.clipsPerEmotion) {
      const { speakers: most, clipsPerEmotion: mostClips } = syntheticLimits;
      throw new UndertoneError("usage", `At most ${most} speakers and ${mostClips} clips.`);
    }
    const onProgress = createProgress(process.stderr);
    await cancellable((signal) =>
      synthesizeCorpus(out, { speakers, clipsPerEmotion, seed, onProgress, signal }),
    );
    console.log(typeable(`Next: undertone dataset stats ${out}`));
  });
