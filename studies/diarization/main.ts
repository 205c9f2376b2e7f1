/**
 * Error rates of the diarization on speakers whom its embedding does not know:
 * `npx tsx studies/diarization/main.ts --data FOLDER --data FOLDER [--unseen FOLDER] [--speech FOLDER] [--out FILE]`.
 * The corpora are those of `train.ts`. Equal error rates of the embedding, and diarization error rates (DER) of conversations that are built
 * of CREMA-D: two to four people, clean, with noise and over a telephone, pauses, up to 5 % overlap; and of two of the corpus `--unseen`;
 * and how often the number of speakers is found in recordings of one and two, and in `--speech`, read by one each.
 */
import { parseArgs } from "node:util";
import { table } from "../../bench/speed/table.ts";
import type { Clip } from "../../src/datasets/manifest.ts";
import { readCorpora } from "../../src/datasets/read-corpus.ts";
import { assignTurns, embedSpeech } from "../../src/diarization/diarize.ts";
import {
  diarizationErrors,
  pooledDiarizationErrorRate,
  type DiarizationErrors,
} from "../../src/evaluation/diarization.ts";
import { openSpeakerEncoder } from "../../src/recognition/open-speaker-encoder.node.ts";
import { measuredOn, writeMeasured } from "../measured-section.ts";
import { conversationOf } from "./conversations.ts";
import { countRows } from "./counts.ts";
import { someOfEach, splitSpeakers } from "./speakers.ts";
import { joinedInPairs, windowError, type Embedded } from "./trials.ts";
import { wholeWindow, windowsOf } from "./windows.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", multiple: true, default: ["data/crema-d", "data/emodb"] },
    unseen: { type: "string" },
    speech: { type: "string" },
    out: { type: "string" },
  },
});
const seed = 1;
/** Of the conversations. */
const draw = 5;
const clipsPerSpeaker = 6;
const conversationsOfEach = 6;

const percent = (share: number): string => (100 * share).toFixed(1);
const { clips } = await readCorpora(values.data);
const { test } = splitSpeakers(clips, seed);
const encoder = await openSpeakerEncoder({ threads: 1 });

const embedded: (Embedded & { readonly isNoisy: boolean })[] = [];
for (const clip of someOfEach(test, clipsPerSpeaker, seed)) {
  for (const { samples, ...window } of await windowsOf(clip)) {
    const { embeddings } = await encoder.embed(samples, [wholeWindow]);
    embedded.push({ ...window, embedding: embeddings[0]! });
  }
}
const errorRows = [false, true].map((noisy) => {
  const own = embedded.filter(({ isNoisy }) => isNoisy === noisy);
  const rates = [windowError(own), windowError(joinedInPairs(own))];
  return [noisy ? "noise, telephone" : "clean", ...rates.map(percent)];
});

const { apart, chanceSec } = encoder.card;
const rule = { apart, chanceSec };
const rateRows: string[][] = [];
const neutral = test.filter(({ emotion }) => emotion === "neutral");
const telephone = { probability: 1, telephone: {} } as const;
const conditions = {
  clean: {},
  "15 dB": { snrDb: 15 },
  telephone: { channel: telephone },
} as const;
type Kind = readonly [
  speakers: number,
  speech: string,
  from: readonly Clip[],
  condition: keyof typeof conditions,
];
const kinds: Kind[] = [
  ...[2, 3, 4].flatMap((speakers): Kind[] => [
    [speakers, "neutral", neutral, "clean"],
    [speakers, "all emotions", test, "clean"],
    [speakers, "all emotions", test, "15 dB"],
  ]),
  [2, "all emotions", test, "telephone"],
];
if (values.unseen !== undefined) {
  const { corpus, clips: from } = await readCorpora([values.unseen]);
  for (const condition of ["clean", "15 dB", "telephone"] as const)
    kinds.push([2, corpus, from, condition]);
}
for (const [speakers, speech, from, condition] of kinds) {
  const found: DiarizationErrors[] = [];
  const collar: DiarizationErrors[] = [];
  const known: DiarizationErrors[] = [];
  const single: DiarizationErrors[] = [];
  let right = 0;
  for (let index = 0; index < conversationsOfEach; index++) {
    const setting = { speakers, lengthSec: 60, overlapShare: 0.05, ...conditions[condition] };
    const { samples, turns } = await conversationOf(from, setting, "test", draw, speakers, index);
    const regions = await embedSpeech([samples], encoder);
    const hypothesis = assignTurns(regions, rule);
    found.push(diarizationErrors(turns, hypothesis));
    collar.push(diarizationErrors(turns, hypothesis, { collarSec: 0.25 }));
    known.push(diarizationErrors(turns, assignTurns(regions, { ...rule, speakers })));
    const alone = regions.map((region) => ({ ...region, overlaps: [] }));
    single.push(diarizationErrors(turns, assignTurns(alone, rule)));
    if (new Set(hypothesis.map(({ speaker }) => speaker)).size === speakers) right++;
  }
  const share = (key: keyof DiarizationErrors): number =>
    found.reduce((sum, errors) => sum + errors[key], 0) /
    found.reduce((sum, { speechSec }) => sum + speechSec, 0);
  rateRows.push([
    String(speakers),
    speech,
    condition,
    ...[found, collar, known, single].map((errors) => percent(pooledDiarizationErrorRate(errors))),
    ...(["missedSec", "falseAlarmSec", "confusionSec"] as const).map((key) => percent(share(key))),
    `${right} of ${conversationsOfEach}`,
  ]);
  process.stderr.write(`${rateRows.at(-1)!.join("  ")}\n`);
}
const countTable = await countRows(test, encoder, values.speech);
await encoder.close();
const page = `${measuredOn()}

Equal error rate in %, between windows of different clips:

${table(["speech", "1.5 s", "3 s"], errorRows)}

Diarization error rate in %, ${conversationsOfEach} conversations of a minute each:

${table(["speakers", "speech", "conditions", "DER", "with collar", "number known", "one told in overlaps", "missed", "false alarm", "confusion", "number found"], rateRows)}

Number of speakers by itself, every other recording with noise of 15 dB:

${table(["speakers", "speech", "length", "number found"], countTable)}`;
process.stdout.write(`${page}\n`);
if (values.out !== undefined) await writeMeasured(values.out, page);
