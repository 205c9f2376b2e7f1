import { references, sensitivities } from "../recognition/reference-options.ts";
import { createCommand } from "./command.ts";
import {
  choice,
  maxDurationOption,
  nameList,
  numberUpTo,
  offlineOption,
  repeatable,
  speakerChannelsOption,
  speakersOption,
  trackOption,
} from "./options.ts";

/** What voices can be held against. */
const analysisReferences = [...references, "folder"] as const;

/** Heading of the options that decide how recordings are analyzed. */
export const recognitionOptionsHeading = "Recognition options:";

/** Returns a command with the options that decide how recordings are analyzed. */
export function recognitionCommand(name: string, description: string) {
  return createCommand(name, description)
    .optionsGroup(recognitionOptionsHeading)
    .option("--model <file>", "Audio model: an .onnx file, or one of default, open, small")
    .option("--text-model <file>", "Text model: an .onnx file (default: the one that is included)")
    .option(
      "--transcriber <name>",
      "Speech-to-text: moonshine-base (the default), moonshine-tiny, whisper-tiny, whisper-base, whisper-small, whisper:MODEL, service:MODEL, google:MODEL",
    )
    .option("--language <code>", "Spoken language: en, de, … (default: detected)")
    .option("--transcript", "Use the words too", true)
    .option("--no-transcript", "Use the voice only")
    .option(
      "--min-confidence <probability>",
      'Report "unsure" below this probability',
      numberUpTo(1),
      0,
    )
    .option(
      "--enroll <file>",
      "Adapt to the only speaker by a recording of a few neutral seconds (repeatable)",
      repeatable,
    )
    .addOption(
      choice("--reference <source>", "What a voice is held against (default: recording)", {
        names: analysisReferences,
        synonyms: { self: "recording", speaker: "recording", none: "training", corpus: "folder" },
      }),
    )
    .addOption(
      choice("--sensitivity <level>", "How readily emotions are reported (default: normal)", {
        names: sensitivities,
        synonyms: { medium: "normal", default: "normal" },
      }),
    )
    .option(
      "--max-ood <score>",
      "Report no emotion above this out-of-distribution score (default: the model's)",
      numberUpTo(1),
    )
    .option(
      "--roles <names>",
      "Names of the speakers, in the order of their channels or first words",
      nameList,
    )
    .option("--diarize", "Tell speakers of one channel apart")
    .option("--rttm <file>", "Known turns of each recording, by its name")
    .option("--only <names>", "Speakers to analyze; all others are left out", nameList)
    .optionsGroup("Options:") // what other commands have too stands there
    .addOption(speakerChannelsOption)
    .addOption(speakersOption)
    .addOption(trackOption)
    .addOption(maxDurationOption)
    .addOption(offlineOption);
}

export type RecognitionChoice = ReturnType<ReturnType<typeof recognitionCommand>["opts"]>;
