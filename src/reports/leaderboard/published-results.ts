/** A score that others published, in the digits of the source. */
interface PublishedResult {
  readonly system: string;
  /** Per cent. */
  readonly score: string;
  readonly source: string;
}

/** Published scores on one corpus. */
interface PublishedOnCorpus {
  /** Task and metric. */
  readonly task: string;
  readonly results: readonly PublishedResult[];
}

const ravdess: readonly PublishedResult[] = [
  {
    system: "majority class (accuracy)",
    score: "13.3",
    source: "192 of 1440 clips",
  },
  {
    system: "human listeners, audio only",
    score: "67",
    source: "Luna-Jiménez et al. 2022; 60 overall in Livingstone & Russo 2018",
  },
  {
    system: "small mel CNNs from scratch",
    score: "55 to 59",
    source: "published and community",
  },
  {
    system: "ResLSTM-SA on MFCC and chroma, 47 k weights",
    score: "62.3 ± 1.2 (best 65.2)",
    source: "arXiv 2606.03359",
  },
  {
    system: "frozen WavLM-large, light head",
    score: "72.0",
    source: "EmoBox, arXiv 2406.07162",
  },
  {
    system: "frozen Whisper-large-v3, light head",
    score: "75.3",
    source: "EmoBox, arXiv 2406.07162",
  },
  {
    system: "PANNs CNN14, fine-tuned, 81 M weights",
    score: "76.6",
    source: "Luna-Jiménez et al. 2021",
  },
  {
    system: "wav2vec2-xlsr, fine-tuned, 300 M weights",
    score: "81.8 ± 2.0",
    source: "Luna-Jiménez et al. 2022",
  },
];

const meld: readonly PublishedResult[] = [
  {
    system: "text CNN on the utterance alone",
    score: "55.0",
    source: "Poria et al. 2019, arXiv 1810.02508",
  },
  {
    system: "EmoBERTa without context, RoBERTa-large, 355 M weights",
    score: "63.5",
    source: "Kim & Vossen 2021, arXiv 2108.12009",
  },
];

/** Anchors by corpus. The folds differ by source. */
export const published: Readonly<Record<string, PublishedOnCorpus>> = {
  ravdess: {
    task: "RAVDESS speech, audio only, 8 emotions, speakers held out on the folds of each source, UAR where it is given",
    results: ravdess,
  },
  meld: { task: "MELD test split, text only, 7 emotions, weighted F1", results: meld },
};
