/** Settings of an analysis as results keep them. */
export const analysisSettings = {
  modelId: "aa",
  model: "default",
  textModelId: "bb",
  textModel: "words",
  transcriber: "moonshine-base",
  language: null,
  speakerId: null,
  minConfidence: 0,
  maxOodScore: 0.99,
  reference: "recording",
  sensitivity: "normal",
  channels: "auto" as const,
  track: null,
  roles: null,
  only: null,
  diarization: null,
};
