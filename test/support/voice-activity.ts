import { frameLength } from "../../src/transcription/silero.ts";
import type { VoiceActivity } from "../../src/transcription/utterances.ts";

/** Voice activity where each frame is as probable as a function says. */
export const voiceActivityOf = (scoreOf: (frame: Float32Array) => number): VoiceActivity => ({
  start: () => ({
    score: async (frames) =>
      Float32Array.from({ length: frames.length / frameLength }, (_, n) =>
        scoreOf(frames.subarray(n * frameLength, (n + 1) * frameLength)),
      ),
  }),
});
