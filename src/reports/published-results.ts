/** A score that somebody else published, in the words and digits of the source. */
interface PublishedResult {
  readonly system: string;
  /** Per cent. */
  readonly score: string;
  readonly source: string;
}

interface PublishedOnCorpus {
  /** What was judged how, and by which score. */
  readonly robustnessTests: string;
  readonly results: readonly PublishedResult[];
}

const ravdess: readonly PublishedResult[] = [
  {
    system: "ResLSTM-SA, 34 MFCC and 12 chroma, 47 k weights, from scratch",
    score: "62.3 ± 1.2 (best run 65.2)",
    source: "arXiv 2606.03359",
  },
  {
    system: "human listeners, audio only",
    score: "67",
    source: "as quoted in Luna-Jiménez et al. 2022 (60 overall in Livingstone & Russo 2018)",
  },
  {
    system: "frozen WavLM-large with a light head",
    score: "72.0",
    source: "EmoBox, arXiv 2406.07162",
  },
  {
    system: "frozen Whisper-large-v3 with a light head",
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

/** What to beat, by corpus. Folds differ by source. */
export const published: Readonly<Record<string, PublishedOnCorpus>> = {
  ravdess: {
    robustnessTests:
      "RAVDESS speech, audio only, eight emotions, speakers held out, on each source's own folds; UAR where the source gives it",
    results: ravdess,
  },
  meld: {
    robustnessTests: "MELD's test utterances, words only, seven emotions; weighted F1",
    results: meld,
  },
};
