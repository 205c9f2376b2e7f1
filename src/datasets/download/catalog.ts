import { isAudioName } from "../../audio/extensions.ts";
import { ravdess } from "../importers/ravdess.ts";

/** Services that corpora can be had from; Kaggle's needs a token. */
export const corpusSources = ["zenodo", "github", "kaggle"] as const;

export type CorpusSource = (typeof corpusSources)[number];

/** Where a corpus can be had without asking for it. */
export interface CorpusDownload {
  /** A Zenodo record, and those of its files that are wanted; the record has their sizes and checksums. */
  readonly zenodo?: { readonly record: number; readonly files: readonly string[] };
  /** Paths on github.com. */
  readonly github?: readonly string[];
  /** A data set on Kaggle, which needs a token. */
  readonly kaggle?: string;
  /** Where an archive's entry goes below the corpus's folder, by its path; `undefined` skips it. */
  readonly placeOf?: (path: string) => string | undefined;
}

const thaiSerParts = Array.from(
  { length: 8 },
  (_, part) => `studio${part * 10 + 1}-${part * 10 + 10}`,
);

const thaiSerFiles = [
  "emotion_label.json",
  "actor_demography.json",
  ...[...thaiSerParts, "zoom1-10", "zoom11-20"].map((part) => `${part}.zip`),
];

/** The corpora that `undertone dataset download` gets, by name. */
export const corpusDownloads: Readonly<Record<string, CorpusDownload>> = {
  ravdess: {
    zenodo: { record: 1188976, files: ["Audio_Speech_Actors_01-24.zip"] },
    kaggle: "uwrfkaggler/ravdess-emotional-speech-audio",
    placeOf(path) {
      // `audio_speech_actors_01-24/Actor_12/03-….wav`, Kaggle's second copy, goes where the first does.
      const clip = /\.wav$/i.test(path) ? ravdess.readName(path) : undefined;
      return clip && "id" in clip ? `Actor_${clip.speakerId}/${clip.id}.wav` : undefined;
    },
  },
  emodb: { zenodo: { record: 7447302, files: ["emodb.zip"] } },
  subesco: { zenodo: { record: 4526477, files: ["SUBESCO.zip"] } },
  emozionalmente: { zenodo: { record: 12616095, files: ["emozionalmente.zip"] } },
  "thai-ser": {
    github: thaiSerFiles.map((file) => `vistec-AI/dataset-releases/releases/download/v1/${file}`),
  },
  nemo: { github: ["amu-cai/nEMO/archive/HEAD.zip"] },
  urdu: { github: ["siddiquelatif/URDU-Dataset/archive/HEAD.zip"] },
  "turev-db": { github: ["Xeonen/TurEV-DB/archive/HEAD.zip"] },
  "jl-corpus": { kaggle: "tli725/jl-corpus" },
};

/** Keeps sounds and the tables and lists beside them. */
export function keepSoundsAndTables(path: string): string | undefined {
  const isHidden = path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");
  if (isHidden) return undefined;
  return isAudioName(path) || /\.(?:csv|tsv|json|txt)$/i.test(path) ? path : undefined;
}
