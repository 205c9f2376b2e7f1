import { subtitlesOf } from "../../recognition/subtitles.ts";
import { toAudacityLabels } from "../../recognition/audacity.ts";
import { toElan } from "../../recognition/elan.ts";
import { textGridOf } from "../../recognition/text-grid.ts";
import { orderLabels } from "../../shared/labels.ts";
import { toSrt, toVtt, type Cue } from "../../transcription/subtitles.ts";
import { labeledBy, tiersOf, type ExportedRecording } from "./exported-recording.ts";
import { labelStudioInterface, labelStudioTasks } from "./label-studio.ts";
import { segmentParquet, segmentTable, trainingTable } from "./tables.ts";

/** What can be written, in the order of the menu. */
export const exportFormats = [
  "training",
  "segments",
  "parquet",
  "label-studio",
  "label-studio-interface",
  "textgrid",
  "elan",
  "audacity",
  "srt",
  "vtt",
] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** How the file of a format ends. */
export const exportEndings: Readonly<Record<ExportFormat, string>> = {
  training: ".training.csv",
  segments: ".segments.csv",
  parquet: ".segments.parquet",
  "label-studio": ".json",
  "label-studio-interface": ".xml",
  textgrid: ".TextGrid",
  elan: ".eaf",
  audacity: ".txt",
  srt: ".srt",
  vtt: ".vtt",
};

interface ExportOptions {
  /** Whose labels, where a format holds those of one person. */
  readonly by: string;
  readonly date: Date;
}

type Written = string | ArrayBuffer;

type Writer = (recording: ExportedRecording, options: ExportOptions) => Written | Promise<Written>;

const writers: Readonly<Record<ExportFormat, Writer>> = {
  training: (recording, { by }) => trainingTable([recording], by),
  segments: (recording) => segmentTable([recording]),
  parquet: (recording) => segmentParquet([recording]),
  "label-studio": (recording) => labelStudioTasks([recording]),
  "label-studio-interface": (recording) => labelStudioInterface(labelsIn(recording)),
  textgrid: (recording) => textGridOf(tiersOf(recording), recording.durationSec),
  elan: (recording, { date }) => toElan(tiersOf(recording), { file: recording.name, date }),
  audacity: ({ labels }, { by }) =>
    toAudacityLabels(labeledBy(labels, by).map((each) => ({ ...each, text: each.label }))),
  srt: (recording, { by }) => toSrt(labeledCues(recording, by)),
  vtt: (recording, { by }) => toVtt(labeledCues(recording, by)),
};

/** Resolves to a recording with its labels in a format. */
export async function exportRecording(
  recording: ExportedRecording,
  format: ExportFormat,
  options: ExportOptions,
): Promise<Written> {
  return writers[format](recording, options);
}

/** Returns all labels that people or the model may have given. */
function labelsIn({ labels, analysis }: ExportedRecording): string[] {
  const given = labeledBy(labels).map(({ label }) => label);
  return orderLabels([...Object.keys(analysis?.summary.shares ?? {}), ...given]);
}

/** Subtitles of the words, with a person's label where there is one in place of the model's. */
function labeledCues({ analysis, labels }: ExportedRecording, by: string): Cue[] {
  if (analysis === null) {
    return labeledBy(labels, by).map(({ startSec, endSec, label }) => ({
      startSec,
      endSec,
      text: `[${label}]`,
    }));
  }
  const own = labeledBy(labels, by);
  const segments = analysis.segments.map((segment) => {
    const middle = (segment.startSec + segment.endSec) / 2;
    const given = own.find(
      ({ startSec, endSec, speaker }) =>
        speaker === segment.speaker && startSec <= middle && middle < endSec,
    );
    if (given === undefined) return segment;
    return { ...segment, emotion: given.label, disagree: false, abstained: null };
  });
  return subtitlesOf({ ...analysis, segments });
}
