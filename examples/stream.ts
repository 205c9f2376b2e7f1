/**
 * Emotions of a live stream of samples; here raw 16-bit mono PCM on standard input:
 *
 *   ffmpeg -i radio.mp3 -f s16le -ac 1 -ar 16000 - | npx tsx examples/stream.ts 16000 [model]
 */
import { loadRecognizer } from "undertone";

const [sampleRate = "16000", model] = process.argv.slice(2);

/** @yields blocks of samples, -1 to 1 */
async function* pcm(input: AsyncIterable<Buffer>): AsyncGenerator<Float32Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of input) {
    const bytes = Buffer.concat([rest, chunk]);
    const length = Math.floor(bytes.length / 2);
    yield Float32Array.from({ length }, (_, n) => bytes.readInt16LE(2 * n) / 32_768);
    rest = bytes.subarray(2 * length);
  }
}

const recognizer = await loadRecognizer({ model });
const stream = recognizer.stream(pcm(process.stdin), { sampleRate: Number(sampleRate) });
for await (const event of stream) {
  if (event.type === "end") console.log(`mostly ${event.summary.dominantEmotion ?? "uncertain"}`);
  else {
    const { startSec, endSec, emotion } = event.segment;
    console.log(`${event.type} ${startSec} to ${endSec} s: ${emotion ?? "no speech"}`);
  }
}
await recognizer.close();
