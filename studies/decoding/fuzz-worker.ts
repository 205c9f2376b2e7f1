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

async function answer(bytes: Uint8Array): Promise<Omit<Decoded, "memoryBytes">> {
  try {
    return { audio: await decodeAudio(bytes) };
  } catch (error) {
    const message = error instanceof Error ? String(error.stack) : String(error);
    return error instanceof UndertoneError ? { code: error.code, message } : { message };
  }
}

process.on("message", (bytes: Uint8Array) => {
  void answer(bytes).then((decoded) =>
    process.send!({ ...decoded, memoryBytes: process.resourceUsage().maxRSS * 1024 }),
  );
});
