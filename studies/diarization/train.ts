/**
 * Trains what diarization tells speakers apart with: `npx tsx studies/diarization/train.ts --data FOLDER --data FOLDER [--out FILE] [--encoded FOLDER]`.
 * The first folder is CREMA-D, of whose speakers 22 are held out for `main.ts` and 10 for validation. Takes half an hour, less where
 * `--encoded` keeps the encoded conversations.
 *
 * All is trained on conversations, half to two thirds of them with noise or over a telephone, encoded as in use: linear discriminant
 * analysis over mean and deviation of early encoder layers in windows of 1.5 s, with variance within as it is within a conversation, and a
 * head over their frames that tells where two speak at once. Recordings of validation speakers, of one to four of them, choose the
 * thresholds by their error rate.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readCorpora } from "../../src/datasets/read-corpus.ts";
import { speakersOf, type Clip } from "../../src/datasets/manifest.ts";
import { speakerModel, type SpeakerCard } from "../../src/diarization/speaker-card.ts";
import { SpeakerEncoder } from "../../src/diarization/speaker-encoder.ts";
import { VoiceEncoder, voiceStatistics } from "../../src/diarization/voice-frames.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { fitDiscriminant } from "../../src/models/linear/discriminant-analysis.ts";
import { encoderFile } from "../../src/recognition/open-encoder.node.ts";
import { Random } from "../../src/shared/random.ts";
import { bestThresholds, type ScoredConversation } from "./best-thresholds.ts";
import { conversationOf, type Setting } from "./conversations.ts";
import { speakerOf } from "./speaker-of.ts";
import { splitSpeakers } from "./speakers.ts";
import { encodedConversation, type EncodedConversation } from "./spoken.ts";
import { overlapChunks, trainOverlap, type OverlapChunk } from "./train-overlap.ts";
import { validationOf } from "./validation.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", multiple: true, default: ["data/crema-d", "data/emodb"] },
    out: { type: "string", default: "models/speakers.onnx" },
    encoded: { type: "string" },
  },
});
const seed = 1;
const encoder = { name: "moonshine-base", layers: [-1, 0, 1] } as const;
/** Numbers, which are seeds, of conversations with much overlap, and of longer ones, for the embedding alone. */
const mixed = Array.from({ length: 190 }, (_, place) => place);
const long = Array.from({ length: 300 }, (_, place) => 1000 + place);
const noise = { probability: 1, snrDb: [5, 25] } as const;
const telephone = { probability: 1, telephone: {} } as const;
/** What the longer ones go through, in turn. */
const channels = [
  undefined,
  noise,
  telephone,
  undefined,
  noise,
  { ...telephone, snrDb: [10, 30] },
] as const;
const options = { shrinkage: 0.4, dimensions: 32 } as const;

const { clips } = await readCorpora(values.data);
const split = splitSpeakers(clips, seed);
const file = await encoderFile(encoder.name, {});
const voice = await VoiceEncoder.open(nodeRuntime, file, { ...encoder, threads: 1 });
if (values.encoded !== undefined) await mkdir(values.encoded, { recursive: true });

async function encoded(
  from: readonly Clip[],
  setting: Setting,
  name: readonly (string | number)[],
): Promise<EncodedConversation> {
  const [part, ...rest] = name;
  const conversation = () => conversationOf(from, setting, part!, seed, ...rest);
  const kept = values.encoded && join(values.encoded, name.join("-"));
  return encodedConversation(conversation, voice, kept);
}

function settingOf(number: number): Setting {
  const place = number % 1000;
  const speakers = place % 4 === 3 ? 3 : 2;
  if (number === place) {
    const snrDb = place % 2 === 0 ? undefined : new Random("level", place).uniform(5, 25);
    return { speakers, lengthSec: 30, overlapShare: 0.3, clipsPerSpeaker: 8, snrDb };
  }
  const channel = channels[place % channels.length];
  return { speakers, lengthSec: 60, overlapShare: 0.05, clipsPerSpeaker: 16, channel };
}

const rows: Float32Array[] = [];
const classes: string[] = [];
const parts: string[] = [];
const chunks: OverlapChunk[] = [];
for (const number of [...mixed, ...long]) {
  const conversation = await encoded(split.train, settingOf(number), ["train", number]);
  for (const { startSec, windows, frames } of conversation.regions) {
    for (const window of windows) {
      const speaker = speakerOf(window, conversation.turns);
      if (speaker === undefined) continue;
      const within = { startSec: window.startSec - startSec, endSec: window.endSec - startSec };
      rows.push(voiceStatistics(frames, within));
      classes.push(speaker);
      parts.push(String(number));
    }
  }
  if (number < mixed.length) chunks.push(...overlapChunks(conversation));
  if (number % 10 === 9) process.stderr.write(`conversation ${number}\n`);
}
process.stderr.write(`${rows.length} windows of one speaker, ${chunks.length} chunks\n`);
const discriminant = fitDiscriminant(rows, classes, { ...options, parts });
const overlap = await trainOverlap(chunks, seed);

const card: SpeakerCard = {
  name: "speakers",
  sampleRate: 16_000,
  dimensions: discriminant.dimensions,
  encoder: { ...encoder, layers: [...encoder.layers] },
  apart: 0.5,
  chanceSec: 3,
  overlapThreshold: 0.5,
  provenance: {
    corpora: [...new Set(split.train.map(({ corpus }) => corpus))],
    license: "ODbL 1.0",
    recipe: {
      method: "linear discriminant analysis within conversations, and a convolution for overlap",
      shrinkage: options.shrinkage,
      windowSec: 1.5,
      conversations: mixed.length + long.length,
    },
    seed,
    speakers: {
      train: speakersOf(split.train).length,
      validation: speakersOf(split.validation),
      test: speakersOf(split.test),
    },
  },
};
const untested = speakerModel({ discriminant, overlap }, card);
const opened = await SpeakerEncoder.open(
  nodeRuntime,
  { model: untested, encoder: file },
  { threads: 1 },
);
const conversations: ScoredConversation[] = [];
for (const { name, from, ...setting } of validationOf(split.validation)) {
  const { turns, regions } = await encoded(from, setting, ["validation", ...name]);
  const scored = [];
  for (const { frames, ...region } of regions) {
    const within = region.windows.map(({ startSec, endSec }) => ({
      startSec: startSec - region.startSec,
      endSec: endSec - region.startSec,
    }));
    const embeddings = await opened.embeddingsOf(frames, within);
    const windows = region.windows.map((window, n) => ({ ...window, embedding: embeddings[n]! }));
    const probabilities = await opened.overlapOf(frames);
    scored.push({ ...region, windows, overlap: probabilities, perSec: frames.perSec });
  }
  conversations.push({ speakers: setting.speakers, turns, regions: scored });
}
await Promise.all([opened.close(), voice.close()]);
const { rates, ...thresholds } = bestThresholds(conversations);
process.stdout.write(`${JSON.stringify({ ...thresholds, rates })}\n`);
const provenance = { ...card.provenance, validation: { diarizationErrorRate: rates } };
const model = speakerModel({ discriminant, overlap }, { ...card, ...thresholds, provenance });
await writeFile(values.out, model);
