import { isRecorded, type Utterance } from "../datasets/manifest.ts";
import type { LeftOut } from "../datasets/omissions.ts";
import { textKey } from "../datasets/text-splits.ts";
import type { Experiment } from "../recipes/recipe.ts";
import { UndertoneError } from "../shared/errors.ts";
import { digestOf, type ClipExample } from "./clip-example.ts";
import { prepareExamples, type ExampleSource } from "./prepare-examples.ts";
import { readData, type Data } from "./read-data.ts";
import type { RunInfo } from "./run-folder.ts";
import { extraDataMessage } from "./training-messages.ts";
import type { RunOptions } from "./training-request.ts";

/**
 * Reads the auxiliary corpora of a training: of each the clips with labels of the main corpus, and where a corpus has
 * splits of its own only its training split.
 * @throws UndertoneError `dataset-invalid` for one that is the main corpus, is named twice or has nothing to add
 */
export async function readExtraData(
  {
    extraData,
    experiment,
  }: { readonly extraData: readonly string[]; readonly experiment: Experiment },
  main: Data,
): Promise<Data[]> {
  const labels = new Set(main.clips.map(({ emotion }) => emotion));
  const read: Data[] = [];
  for (const path of extraData) {
    const data = await readData(path, experiment);
    if ([main, ...read].some(({ corpus }) => corpus === data.corpus)) {
      throw new UndertoneError(
        "dataset-invalid",
        `${data.root}: a corpus of the name ${data.corpus} is in this training already. Leave it out of --extra-data.`,
      );
    }
    const clips = data.clips.filter(
      ({ emotion, split = "train" }) => labels.has(emotion) && split === "train",
    );
    if (clips.length === 0) {
      throw new UndertoneError(
        "dataset-invalid",
        `${data.root}: ${data.corpus} has no training clip with a label of ${main.corpus}.`,
      );
    }
    read.push({ ...data, clips: clips.map((clip) => ownedBy(data.corpus, clip)) });
  }
  return read;
}

/** Ids and speakers of two corpora may have the same names. */
const ownedBy = (corpus: string, clip: Utterance): Utterance => ({
  ...clip,
  id: `${corpus}/${clip.id}`,
  speakerId: `${corpus}/${clip.speakerId}`,
});

/** The examples of auxiliary corpora, and what `run.json` records of them. */
export interface ExtraData {
  readonly examples: readonly ClipExample[];
  readonly record: NonNullable<RunInfo["extraData"]>;
}

/** Prepares auxiliary corpora for training along these labels. @throws UndertoneError as `prepareExamples` */
export async function prepareExtraData(
  corpora: readonly Data[],
  { source, labels }: { readonly source: ExampleSource; readonly labels: readonly string[] },
  options: RunOptions,
): Promise<ExtraData> {
  const examples: ClipExample[] = [];
  const record: ExtraData["record"] = [];
  for (const data of corpora) {
    const prepared = await prepareExamples(data, source, options);
    // Clips that cannot be read may have taken a label of the main corpus with them.
    const own = prepared.examples
      .map((example) => ({ ...example, label: labels.indexOf(example.clip.emotion) }))
      .filter(({ label }) => label >= 0);
    examples.push(...own);
    record.push({ corpus: data.corpus, clips: own.length, sha256: digestOf(own) });
    options.logger.info(extraDataMessage(data, own.length));
  }
  return { examples, record };
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
