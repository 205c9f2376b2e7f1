import { corpusLicenses, type CorpusLicense } from "../datasets/corpus-licenses.ts";
import { readSpeakerCard } from "../diarization/speaker-card.ts";
import {
  isTextModel,
  readModelCard,
  readTextModelCard,
  type ModelCard,
} from "../models/model-card.ts";
import {
  findVoiceModel,
  inFile,
  readModel,
  shippedModel,
} from "../recognition/voice-model.node.ts";
import { shippedTextModel, speakerModel } from "../shared/shipped-models.ts";
import { readProvenance } from "./provenance.ts";

/** A corpus that a model was trained on; the license is missing for one that is not known here. */
export interface TrainingCorpus extends Partial<CorpusLicense> {
  readonly corpus: string;
  readonly commercialUse: boolean;
}

/** What a model was trained on. */
export interface Lineage {
  readonly corpora: readonly TrainingCorpus[];
  /** Whether the licenses of all of them permit commercial use; `false` where nothing is known of one, or of all. */
  readonly commercialUse: boolean;
}

/**
 * Returns what a model was trained on, as its card says, with the licenses.
 * @param model a file, or a model that comes with the package by its name
 * @throws UndertoneError `file-not-found`, `model-invalid`
 */
export async function lineageOf(model: string): Promise<Lineage> {
  const corpora = corporaOf(await cardOf(model));
  const commercialUse =
    corpora.length > 0 && corpora.every(({ commercialUse: permitted }) => permitted);
  return { corpora, commercialUse };
}

/** Returns the corpora that a model card names, with their licenses. @throws UndertoneError `model-invalid` */
export function corporaOf(card: Pick<ModelCard, "provenance">): TrainingCorpus[] {
  return readProvenance(card).corpora.map((corpus) => ({
    corpus,
    commercialUse: false,
    ...corpusLicenses[corpus],
  }));
}

async function cardOf(model: string): Promise<Pick<ModelCard, "provenance">> {
  const isOther = model === speakerModel || model === shippedTextModel;
  const { path, bytes } = await (isOther ? readModel(shippedModel(model)) : findVoiceModel(model));
  if (model === speakerModel) return inFile(path, () => readSpeakerCard(bytes));
  return inFile(path, () => (isTextModel(bytes) ? readTextModelCard : readModelCard)(bytes));
}
