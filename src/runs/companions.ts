import { isRecorded, type Utterance } from "../datasets/manifest.ts";
import type { LeftOut } from "../datasets/omissions.ts";
import { textKey } from "../datasets/text-splits.ts";
import { UndertoneError } from "../shared/errors.ts";
import { gatherMaterial, type GatherOptions } from "./gather-material.ts";
import { digestOf, type Material } from "./material.ts";
import { readData, type Data } from "./read-data.ts";
import type { RunInfo } from "./run-folder.ts";
import { companionsMessage } from "./training-messages.ts";
import type { TrainingRequest } from "./training-request.ts";

/**
 * Reads the corpora that are to join the training side of `main`: of each the clips of `main`'s emotions, and
 * where a corpus names sides only those for training, so that its others stay unseen.
 * @throws UndertoneError `dataset-invalid` for one that is `main` itself, stands twice or has nothing to give
 */
export async function readCompanions(
  { companions, recipe }: TrainingRequest,
  main: Data,
): Promise<Data[]> {
  const emotions = new Set(main.clips.map(({ emotion }) => emotion));
  const read: Data[] = [];
  for (const path of companions) {
    const data = await readData(path, recipe);
    if ([main, ...read].some(({ corpus }) => corpus === data.corpus)) {
      throw new UndertoneError(
        "dataset-invalid",
        `${data.root}: a corpus of the name ${data.corpus} is in this training already. Leave it out of --with.`,
      );
    }
    const clips = data.clips.filter(
      ({ emotion, split = "train" }) => emotions.has(emotion) && split === "train",
    );
    if (clips.length === 0) {
      throw new UndertoneError(
        "dataset-invalid",
        `${data.root}: ${data.corpus} has nothing to train on of an emotion that ${main.corpus} has.`,
      );
    }
    read.push({ ...data, clips: clips.map((clip) => ownedBy(data.corpus, clip)) });
  }
  return read;
}

/** @throws UndertoneError `usage` when a recipe has an output layer for companions and there are none */
export function assertCompanied({
  companions,
  recipe,
}: Pick<TrainingRequest, "companions" | "recipe">): void {
  if (companions.length > 0 || recipe.training.companions.heads === "shared") return;
  throw new UndertoneError(
    "usage",
    `${recipe.name} has an output layer for companions. Name a corpus of them with --with.`,
  );
}

/** Ids and speakers of two corpora may have the same names. */
const ownedBy = (corpus: string, clip: Utterance): Utterance => ({
  ...clip,
  id: `${corpus}/${clip.id}`,
  speakerId: `${corpus}/${clip.speakerId}`,
});

/** What there is of companions, and how `run.json` tells of it. */
export interface Companions {
  readonly materials: readonly Material[];
  readonly record: NonNullable<RunInfo["companions"]>;
}

/** Sound and words of companions. @throws UndertoneError as `gatherMaterial` */
export async function gatherCompanions(
  corpora: readonly Data[],
  { request, labels }: { readonly request: TrainingRequest; readonly labels: readonly string[] },
  options: GatherOptions,
): Promise<Companions> {
  const materials: Material[] = [];
  const record: Companions["record"] = [];
  for (const data of corpora) {
    // Clips that cannot be read may have taken an emotion of the main corpus with them.
    const gathered = (await gatherMaterial(data, request, options)).filter(({ utterance }) =>
      labels.includes(utterance.emotion),
    );
    materials.push(...gathered);
    const { corpus } = data;
    record.push({ corpus, clips: gathered.length, sha256: digestOf(gathered) });
    options.logger.info(companionsMessage(data, gathered.length));
  }
  return { materials, record };
}

/**
 * The companions that a fold may train on: none that says, token by token, what one of its clips held out
 * says, and none of a speaker who has made the very recording of one.
 */
export function admittedCompanions(
  companions: readonly Material[],
  heldOut: readonly Material[],
): { readonly admitted: Material[]; readonly leftOut: readonly LeftOut[] } {
  const sounds = new Set(heldOut.flatMap(({ audioHash }) => audioHash ?? []));
  const texts = new Set(heldOut.flatMap(keyOf));
  const known = new Set(
    companions
      .filter(({ audioHash }) => audioHash !== undefined && sounds.has(audioHash))
      .map(({ utterance }) => utterance.speakerId),
  );
  const unknown = companions.filter(
    ({ utterance }) => !isRecorded(utterance) || !known.has(utterance.speakerId),
  );
  const admitted = unknown.filter((material) => !keyOf(material).some((key) => texts.has(key)));
  const leftOut = [
    {
      reason: "of a speaker whose recordings validation or test has",
      count: companions.length - unknown.length,
    },
    { reason: "of words that validation or test has too", count: unknown.length - admitted.length },
  ];
  return { admitted, leftOut: leftOut.filter(({ count }) => count > 0) };
}

/** Nothing where there are no words. */
function keyOf({ transcript }: Material): string[] {
  const key = textKey(transcript?.text ?? "");
  return key === "" ? [] : [key];
}
