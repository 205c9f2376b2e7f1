import { modelIdOf, modelNameOf, type AnalysisSettings } from "../recognition/file-result.node.ts";
import {
  defaultTextModelPath,
  inFile,
  readModel,
  type VoiceModel,
} from "../recognition/voice-model.node.ts";
import type { RecognitionSettings } from "../recognition/worker-process.node.ts";
import { readModelCard, readTextModelCard } from "../models/model-card.ts";
import { UndertoneError } from "../shared/errors.ts";
import { hashFile } from "../shared/files.node.ts";
import { defaultTranscriber } from "../transcription/transcript.ts";
import {
  assertDiarization,
  diarizationOf,
  isDiarized,
  readTurns,
} from "./diarization-arguments.ts";
import type { RecognitionChoice } from "./recognition-options.ts";

/** @throws UndertoneError `usage` for options that contradict each other */
export function assertRecognition(options: RecognitionChoice): void {
  if (options.enroll && options.reference) {
    throw usage("--enroll and --reference contradict each other: leave one out.");
  }
  assertDiarization(options);
  const isSplit = ["auto", "split"].includes(options.channels);
  if ((options.roles ?? options.only) && !isSplit && !isDiarized(options)) {
    throw usage(
      `--roles and --only need a channel for each speaker: leave out --channels ${options.channels}.`,
    );
  }
  const ofWords = (["transcriber", "textModel", "language"] as const).find((key) => options[key]);
  if (!options.transcript && ofWords !== undefined) {
    const option = ofWords === "textModel" ? "text-model" : ofWords;
    throw usage(`--${option} has no effect with --no-transcript.`);
  }
}

const usage = (message: string): UndertoneError => new UndertoneError("usage", message);

/** Resolves to how recordings are analyzed, without an enrolled speaker. @throws UndertoneError as `readTurns` */
export async function recognitionOf(options: RecognitionChoice): Promise<RecognitionSettings> {
  return {
    minConfidence: options.minConfidence,
    maxOodScore: options.maxOod,
    reference: options.reference === "folder" ? undefined : options.reference,
    sensitivity: options.sensitivity,
    channels: options.channels,
    track: options.track,
    maxDurationSec: options.maxDuration && options.maxDuration * 3600,
    roles: options.roles,
    only: options.only,
    diarize: options.diarize,
    speakers: options.speakers,
    rttm: options.rttm === undefined ? undefined : await readTurns(options.rttm),
  };
}

/** Resolves to what the results are made with. @throws UndertoneError for models that cannot be read */
export async function settingsOf(
  options: RecognitionChoice,
  voice: VoiceModel,
): Promise<AnalysisSettings> {
  const { enroll = [], minConfidence, maxOod, transcript, channels, track = null } = options;
  const { roles = null, only = null } = options;
  const { textModel = defaultTextModelPath } = options;
  const hashes = await Promise.all(enroll.map(async (path) => (await hashFile(path)).slice(0, 12)));
  const text = transcript ? await readModel(textModel) : undefined;
  const speakerId = hashes.length > 0 ? hashes.toSorted().join("+") : null;
  return {
    modelId: modelIdOf(voice),
    model: await inFile(voice.path, () => modelNameOf(voice, readModelCard(voice.bytes))),
    textModelId: text ? modelIdOf(text) : null,
    textModel: text
      ? await inFile(text.path, () => modelNameOf(text, readTextModelCard(text.bytes)))
      : null,
    transcriber: transcript ? (options.transcriber ?? defaultTranscriber) : null,
    language: options.language ?? null,
    speakerId,
    minConfidence,
    maxOodScore: maxOod ?? null,
    reference: options.reference ?? "recording",
    sensitivity: options.sensitivity ?? "normal",
    channels,
    track,
    roles,
    only,
    diarization: await diarizationOf(options),
  };
}
