import { subtitlesOf } from "../../recognition/subtitles.ts";
import { toAudacityLabels } from "../../recognition/audacity.ts";
import { toElan } from "../../recognition/elan.ts";
import { textGridOf } from "../../recognition/text-grid.ts";
import { orderLabels } from "../../shared/labels.ts";
import { toSrt, toVtt, type Cue } from "../../transcription/subtitles.ts";
import { labeledBy, tiersOf, type ExportedRecording } from "./exported-recording.ts";
import { labelStudioInterface, labelStudioTasks } from "./label-studio.ts";
import { segmentTable, trainingTable } from "./tables.ts";

/** What can be written, in the order of the menu, with the ending of its file. */
export const exportFormats = {
  training: ".csv",
  segments: ".csv",
  "label-studio": ".json",
  "label-studio-interface": ".xml",
  textgrid: ".TextGrid",
  elan: ".eaf",
  audacity: ".txt",
  srt: ".srt",
  vtt: ".vtt",
} as const;

export type ExportFormat = keyof typeof exportFormats;

interface ExportOptions {
  /** Whose labels, where a format holds those of one person. */
  readonly by: string;
  readonly date: Date;
}

/** Returns a recording with its labels in a format. */
export function exportRecording(
  recording: ExportedRecording,
  format: ExportFormat,
  { by, date }: ExportOptions,
): string {
  switch (format) {
    case "training":
      return trainingTable([recording], by);
    case "segments":
      return segmentTable([recording]);
    case "label-studio":
      return labelStudioTasks([recording]);
    case "label-studio-interface":
      return labelStudioInterface(labelsIn(recording));
    case "textgrid":
      return textGridOf(tiersOf(recording), recording.durationSec);
    case "elan":
      return toElan(tiersOf(recording), { file: recording.name, date });
    case "audacity":
      return toAudacityLabels(
        labeledBy(recording.labels, by).map((segment) => ({ ...segment, text: segment.label })),
      );
    case "srt":
      return toSrt(labeledCues(recording, by));
    case "vtt":
      return toVtt(labeledCues(recording, by));
  }
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
