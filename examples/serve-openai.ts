/**
 * OpenAI's client with a server of this machine: what it ignores, the emotion of each segment, is printed.
 *
 *   undertone serve
 *   TOKEN=ut_… npx tsx examples/serve-openai.ts call.wav [http://127.0.0.1:8150/v1]
 */
import { createReadStream } from "node:fs";
import OpenAI from "openai";

const [path, baseURL = "http://127.0.0.1:8150/v1"] = process.argv.slice(2);
if (path === undefined) {
  console.error("Usage: serve-openai.ts SOUND [URL]");
  process.exit(2);
}
const openai = new OpenAI({ baseURL, apiKey: process.env["TOKEN"] });
const { segments = [] } = await openai.audio.transcriptions.create({
  file: createReadStream(path),
  model: "whisper-1",
  response_format: "verbose_json",
});
for (const segment of segments) {
  const { start, end, text, emotion }: typeof segment & { emotion?: { label: string } } = segment;
  console.log(`${start} to ${end} s: ${emotion?.label}: ${text}`);
}
