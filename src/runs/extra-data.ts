import { inCorpus } from "../datasets/join-corpora.ts";
import type { LabelMap } from "../datasets/label-map.ts";
import { corporaIn, isRecorded } from "../datasets/manifest.ts";
import type { LeftOut } from "../datasets/omissions.ts";
import { textKey } from "../datasets/text-splits.ts";
import { neutralLabel } from "../shared/emotions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { digestOf, type ClipExample } from "./clip-example.ts";
import { prepareExamples, type ExampleSource } from "./prepare-examples.ts";
import { corpusRecord, readData, type Data } from "./read-data.ts";
import type { RunInfo } from "./run-folder.ts";
import { extraDataMessage } from "./training-messages.ts";
import type { RunOptions, TrainingRequest } from "./training-request.ts";

/**
 * Reads the auxiliary corpora of a training: of each the clips with labels of the main corpus, and where a corpus has
 * splits of its own only its training split.
 * @throws UndertoneError `dataset-invalid` for one that is the main corpus, is named twice or has nothing to add, `usage` where
 * dimensions are predicted
 */
export async function readExtraData(
  {
    extraData,
    ordinarySpeech = [],
    experiment,
    corpusOptions: { map } = {},
  }: Pick<TrainingRequest, "extraData" | "ordinarySpeech" | "experiment" | "corpusOptions">,
  main: Data,
): Promise<Data[]> {
  if (main.dimensions && extraData.length + ordinarySpeech.length > 0) {
    const message = "--extra-data and --ordinary-speech are for emotions, not for dimensions.";
    throw new UndertoneError("usage", message);
  }
  const labels = new Set(main.clips.map(({ emotion }) => emotion));
  const read: Data[] = [];
  for (const path of extraData) {
    const data = await mapped(await readData(path, experiment), map);
    assertNew(data, [main, ...read]);
    const clips = data.clips.filter(
      ({ emotion, split = "train" }) => labels.has(emotion) && split === "train",
    );
    if (clips.length === 0) {
      throw new UndertoneError(
        "dataset-invalid",
        `${data.root}: ${data.corpus} has no training clip with a label of ${main.corpus}.`,
      );
    }
    read.push({ ...data, clips: clips.map((clip) => inCorpus(clip, clip.corpus ?? data.corpus)) });
  }
  return read;
}

/** A corpus need not have each label that is mapped. */
async function mapped(data: Data, map: LabelMap | undefined): Promise<Data> {
  if (map === undefined) return data;
  const { mapLabels } = await import("../datasets/label-map.ts");
  return mapLabels(data, map);
}

function assertNew({ root, corpus }: Data, known: readonly Data[]): void {
  if (!known.some((each) => corporaIn(each).includes(corpus))) return;
  throw new UndertoneError(
    "dataset-invalid",
    `${root}: a corpus of the name ${corpus} is in this training already. Name each corpus once.`,
  );
}

/**
 * Reads the speech without labels that a training takes as neutral.
 * @throws UndertoneError `dataset-invalid` where no clip of the main corpus is neutral or a corpus is named twice, and as
 * `readUnlabeled`
 */
export async function readOrdinaryData(
  paths: readonly string[],
  known: readonly [main: Data, ...extra: Data[]],
): Promise<Data[]> {
  if (paths.length === 0) return [];
  const [main] = known;
  if (!main.clips.some(({ emotion }) => emotion === neutralLabel)) {
    throw new UndertoneError(
      "dataset-invalid",
      `Ordinary speech counts as ${neutralLabel}, and ${main.corpus} has no ${neutralLabel} clip. Leave out --ordinary-speech.`,
    );
  }
  return readAllUnlabeled(paths, { label: neutralLabel, known });
}

/**
 * Reads the sounds in which nobody speaks that a training learns to tell from speech.
 * @throws UndertoneError `recipe-invalid` for a model that learns nothing from them, `dataset-invalid` as `readOrdinaryData`
 */
export async function readNotSpeech(
  { notSpeech = [], experiment: { model, recipe } }: TrainingRequest,
  known: readonly Data[],
): Promise<Data[]> {
  if (notSpeech.length === 0) return [];
  if (!model.learnsNotSpeech || recipe.target === "dimensions") {
    const message = `The recipe ${recipe.name} learns nothing from --not-speech: linear-probe does.`;
    throw new UndertoneError("recipe-invalid", message);
  }
  return readAllUnlabeled(notSpeech, { label: "not speech", known });
}

async function readAllUnlabeled(
  paths: readonly string[],
  { label, known }: { readonly label: string; readonly known: readonly Data[] },
): Promise<Data[]> {
  const { readUnlabeled } = await import("../datasets/unlabeled.ts");
  const read = await Promise.all(paths.map((path) => readUnlabeled(path, label)));
  for (const [index, data] of read.entries()) assertNew(data, [...known, ...read.slice(0, index)]);
  return read.map((data) => ({
    ...data,
    clips: data.clips.map((clip) => inCorpus(clip, data.corpus)),
  }));
}

/** The examples of auxiliary corpora, and what `run.json` records of them. */
export interface ExtraData {
  readonly examples: readonly ClipExample[];
  readonly ordinary: readonly ClipExample[];
  /** Sounds in which nobody speaks, without a label. */
  readonly notSpeech: readonly ClipExample[];
  readonly record: NonNullable<RunInfo["extraData"]>;
}

/** Corpora beside the main one, as they are on disk. */
export interface ExtraCorpora {
  readonly extra: readonly Data[];
  readonly ordinary: readonly Data[];
  readonly notSpeech: readonly Data[];
}

/** Prepares auxiliary corpora for training along these labels. @throws UndertoneError as `prepareExamples` */
export async function prepareExtraData(
  corpora: ExtraCorpora,
  { source, labels }: { readonly source: ExampleSource; readonly labels: readonly string[] },
  options: RunOptions,
): Promise<ExtraData> {
  const examples: ClipExample[] = [];
  const ordinary: ClipExample[] = [];
  const notSpeech: ClipExample[] = [];
  const record: ExtraData["record"] = [];
  for (const data of [...corpora.extra, ...corpora.ordinary, ...corpora.notSpeech]) {
    const prepared = await prepareExamples(data, source, options);
    const isOrdinary = corpora.ordinary.includes(data);
    const isNotSpeech = corpora.notSpeech.includes(data);
    // Clips that cannot be read may have taken a label of the main corpus with them.
    const own = prepared.examples
      .map((example) => ({ ...example, label: labels.indexOf(example.clip.emotion) }))
      .filter(({ label }) => isNotSpeech || label >= 0);
    const kept = isNotSpeech ? notSpeech : isOrdinary ? ordinary : examples;
    for (const example of own) kept.push(example);
    record.push({
      ...corpusRecord(data),
      clips: own.length,
      sha256: digestOf(own),
      ...(isOrdinary && { ordinarySpeech: true }),
      ...(isNotSpeech && { notSpeech: true }),
    });
    options.logger.info(extraDataMessage(data, own.length));
  }
  return { examples, ordinary, notSpeech, record };
}

/**
 * Returns the extra examples that a fold may train on: none with the very words of one of its validation or test clips, and
 * none of a speaker with the very recording of one.
 */
export function admittedExtraData(
  extra: readonly ClipExample[],
  heldOut: readonly ClipExample[],
): { readonly admitted: ClipExample[]; readonly leftOut: readonly LeftOut[] } {
  const sounds = new Set(heldOut.flatMap(({ audioHash }) => audioHash ?? []));
  const texts = new Set(heldOut.flatMap(keyOf));
  const known = new Set(
    extra
      .filter(({ audioHash }) => audioHash !== undefined && sounds.has(audioHash))
      .map(({ clip }) => clip.speakerId),
  );
  const unknown = extra.filter(({ clip }) => !isRecorded(clip) || !known.has(clip.speakerId));
  const admitted = unknown.filter((example) => !keyOf(example).some((key) => texts.has(key)));
  const leftOut = [
    {
      reason: "of a speaker whose recordings validation or test has",
      count: extra.length - unknown.length,
    },
    { reason: "of words that validation or test has too", count: unknown.length - admitted.length },
  ];
  return { admitted, leftOut: leftOut.filter(({ count }) => count > 0) };
}

/** Nothing where there are no words. */
function keyOf({ transcript }: ClipExample): string[] {
  const key = textKey(transcript?.text ?? "");
  return key === "" ? [] : [key];
}
