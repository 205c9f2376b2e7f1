/** What each command does, in the order of the help. */
export const summaries = {
  analyze: "Emotion over time, from voice and words, of audio files and of folders",
  batch: "Analyze recordings on many machines, by a queue on Redis, Valkey or PostgreSQL",
  studio:
    "Open a page in the browser that analyzes recordings, and shows runs and corpora of this machine",
  serve: "Serve recognition over HTTP: OpenAI's transcriptions with emotions, analyses, and jobs",
  transcribe: "The words of audio files, and of those in folders, with their times",
  spectrogram: "Draw the mel spectrogram of a recording, with its pitch and energy",
  dataset: "Download, check and describe corpora of labeled speech",
  train: "Train a recipe on a corpus, fold by fold, and write the scores and a report",
  combine: "Combine the predictions of finished runs (late fusion, ensembles) into a new run",
  recipes: "List and show the included recipes",
  evaluate: "Score a run on its test speakers and write evaluation.json and report.html into it",
  test: "Score a finished model on labeled recordings that it was not trained on, and write the report",
  calibrate:
    "Calibrate a finished model on labeled recordings that it was not trained on; its weights stay",
  "cross-corpus":
    "Score models on corpora and ordinary speech that they were not trained on, with each kind of reference",
  compare:
    "Compare the test scores of runs; of runs on the same clips, also their differences with 95 % intervals",
  results:
    "Keep a log of results: append runs to it, and write a leaderboard page of all its results",
  models: "Download, verify and delete models, and show what they were trained on",
  export:
    "Write a model and its encoders as one ONNX file, from waveform or words to probabilities, for other programs",
  cache: "Show and clear what is kept on this machine: downloaded models, features and transcripts",
  demo: "Synthesize speech, train on voices and on words, fuse both and report: a few minutes, no download",
} as const;

export type CommandName = keyof typeof summaries;
