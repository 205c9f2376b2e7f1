/**
 * What a model of RAVDESS makes of sounds that it never learned: `npx tsx bench/out-of-domain.ts [options]`.
 *
 *   --run FOLDER      a run whose first fold is finished; strange sounds are held against its validation speakers
 *   --ravdess FOLDER  what it was trained on
 *   --crema FOLDER    also acted speech of another corpus, from another room and microphone
 *   --speech FOLDER   also read speech
 *   --out FILE        write the tables between the file's marks `<!-- measured -->` and `<!-- /measured -->`
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findSpeech } from "../src/audio/speech-activity.ts";
import { readCorpus } from "../src/datasets/read-corpus.ts";
import { foldFolder, readSplit } from "../src/runs/run-folder.ts";
import { familiarityOf } from "../src/models/familiarity.ts";
import { measuredWhere, writeMeasured } from "./measured-part.ts";
import { clipSounds, otherSpeech, strangeSounds, type SoundGroup } from "./strange-material.ts";
import { sampleRate } from "./strange-sounds.ts";
import { table } from "./table.ts";
import { openModel, type Heard } from "./strangeness.ts";

const { values } = parseArgs({
  options: {
    run: { type: "string", default: "runs/audio-encoder" },
    ravdess: { type: "string", default: "data/ravdess" },
    crema: { type: "string" },
    speech: { type: "string" },
    out: { type: "string" },
  },
});

/** A sound as the model heard it. */
interface Answer extends Heard {
  readonly isSpeech: boolean;
  readonly label?: string;
}

interface Group {
  readonly name: string;
  readonly answers: readonly Answer[];
}

const fold = foldFolder(values.run, 1);
const model = await openModel(await readFile(join(fold, "model.onnx")));
const { labels, distances } = model.card;
if (model.card.sampleRate !== sampleRate || distances === undefined)
  throw new Error(`${fold}: wants a model of ${sampleRate} Hz that gives a distance.`);

async function hear({ name, sounds }: SoundGroup): Promise<Group> {
  process.stderr.write(`${name}\n`);
  const answers: Answer[] = [];
  for (const { samples, ...label } of sounds) {
    const speech = findSpeech(samples, sampleRate);
    const isSpeech = speech.some(({ startSec, endSec }) => endSec - startSec >= 0.25);
    answers.push({ ...(await model.hear(samples)), isSpeech, ...label });
  }
  return { name, answers };
}

const split = await readSplit(fold);
const clips = new Map((await readCorpus(values.ravdess)).clips.map((clip) => [clip.id, clip]));
const side = async (name: string, ids: readonly string[]): Promise<Group> =>
  hear({ name, sounds: await clipSounds(ids.map((id) => clips.get(id)!)) });
const validation = await side("RAVDESS, validation speakers", split.validation);
const test = await side("RAVDESS, test speakers", split.test);
const strange: Group[] = [];
const material = [
  ...(await strangeSounds(split.validation.map((id) => clips.get(id)!))),
  ...(await otherSpeech(values)),
];
for (const group of material) strange.push(await hear(group));

/** Each is larger for what is stranger. */
const scores: Readonly<Record<string, (heard: Heard) => number>> = {
  distance: ({ distance }) => distance,
  "largest probability": ({ probabilities }) => -Math.max(...probabilities),
  energy: ({ logits }) => -Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)),
};

/** How often a strange sound scores above a validation clip; equals count half. */
function areaUnderRoc(score: (heard: Heard) => number, { answers }: Group): number {
  const usual = validation.answers.map(score);
  const sum = answers.map(score).reduce((total, own) => {
    const below = usual.filter((other) => other < own).length;
    return total + below + usual.filter((other) => other === own).length / 2;
  }, 0);
  return sum / usual.length / answers.length;
}

const percent = (share: number): string => (100 * share).toFixed(0);
const shareOf = (some: readonly Answer[], is: (one: Answer) => boolean): string =>
  some.length === 0 ? "–" : percent(some.filter(is).length / some.length);
const isOutOfDistribution = ({ distance }: Heard): boolean =>
  familiarityOf(distance, distances) < 0.01;
const isRight = ({ probabilities, label }: Answer): boolean =>
  labels[probabilities.indexOf(Math.max(...probabilities))] === label;

const separation = [validation, test, ...strange].map((group) => [
  group.name,
  String(group.answers.length),
  shareOf(group.answers, ({ isSpeech }) => isSpeech),
  shareOf(group.answers, isOutOfDistribution),
  ...Object.values(scores).map((score) => percent(areaUnderRoc(score, group))),
]);

const trust = [test, ...strange.filter(({ answers }) => answers[0]?.label !== undefined)].map(
  ({ name, answers }) => {
    const unfamiliar = answers.filter(isOutOfDistribution);
    const familiar = answers.filter((answer) => !isOutOfDistribution(answer));
    return [
      name,
      `${shareOf(answers, isRight)} of ${answers.length}`,
      `${shareOf(familiar, isRight)} of ${familiar.length}`,
      `${shareOf(unfamiliar, isRight)} of ${unfamiliar.length}`,
    ];
  },
);

const page = `${measuredWhere()} Model: fold 1 of \`${model.card.name}\`.

### Sounds that it never learned

${table(["", "sounds", "speech %", "unfamiliar %", ...Object.keys(scores)], separation)}

### Answers that are right, in per cent

${table(["", "all", "familiar", "unfamiliar"], trust)}`;
process.stdout.write(`${page}\n`);
if (values.out !== undefined) await writeMeasured(values.out, page);
