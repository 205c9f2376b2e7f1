/** Decodes what its parent sends. */
import { decodeAudio, type DecodedAudio } from "../../src/audio/decode.ts";
import { UndertoneError } from "../../src/shared/errors.ts";

/** What came of decoding: the recording, or the error; and the memory that the process has taken. */
export interface Decoded {
  readonly audio?: DecodedAudio;
  readonly code?: string;
  readonly message?: string;
  readonly memoryBytes: number;
}

process.on("message", async (bytes: Uint8Array) => {
  const answer = await decodeAudio(bytes).then(
    (audio) => ({ audio }),
    (error: Error) => ({
      ...(error instanceof UndertoneError && { code: error.code }),
      message: String(error.stack),
    }),
  );
  process.send!({ ...answer, memoryBytes: process.resourceUsage().maxRSS * 1024 });
});
