import type { ClipMeasure, MeasuredClip } from "./measure.ts";

/** What can be wrong with a clip, and what is only worth knowing, in the order of a report. */
export const findingKinds = {
  missing: "problem",
  unreadable: "problem",
  damaged: "problem",
  silent: "problem",
  clipped: "problem",
  "too short": "problem",
  "same audio under several emotions": "problem",
  "same audio under several speakers": "problem",
  "same audio twice": "problem",
  "equal channels": "note",
  "unusual sample rate": "note",
} as const;

export type FindingKind = keyof typeof findingKinds;

/** One thing found, in one clip or in several that share it. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: "problem" | "note";
  readonly clips: readonly string[];
  readonly detail: string;
}

const silentPeak = 0.001; // -60 dB; RAVDESS's quietest clip peaks at 0.006
const clippedShare = 0.001;
const shortestSec = 0.3;
const narrowestRate = 16_000;

/** Returns everything that is wrong with the clips that `measureClips` measured, by kind. */
export function checkClips(measures: readonly ClipMeasure[]): Finding[] {
  const measured = measures.flatMap((measure) => ("error" in measure ? [] : [measure]));
  const usualRate = mostCommon(measured.map((measure) => measure.sampleRate));
  const findings = [
    ...measures.flatMap((measure) =>
      "error" in measure ? [unreadable(measure)] : checkClip(measure, usualRate),
    ),
    ...sharedAudio(measured),
  ];
  const order = Object.keys(findingKinds);
  return findings.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function finding(kind: FindingKind, clips: readonly string[], detail: string): Finding {
  return { kind, severity: findingKinds[kind], clips, detail };
}

function unreadable({ clip, error }: Extract<ClipMeasure, { error: unknown }>): Finding {
  const kind = error.code === "file-not-found" ? "missing" : "unreadable";
  return finding(kind, [clip.id], error.message);
}

function checkClip(measure: MeasuredClip, usualRate: number | undefined): Finding[] {
  const { clip, durationSec, sampleRate, channels, peak } = measure;
  const found = measure.warnings.map((warning) => finding("damaged", [clip.id], warning));
  const note = (kind: FindingKind, detail: string): void => {
    found.push(finding(kind, [clip.id], detail));
  };
  if (peak < silentPeak) note("silent", `peak ${peak.toFixed(5)} of full scale`);
  if (measure.clippedShare >= clippedShare) {
    note("clipped", `${(100 * measure.clippedShare).toFixed(2)} % of samples at full scale`);
  }
  if (durationSec < shortestSec) note("too short", `${durationSec.toFixed(3)} s`);
  if (measure.equalChannels) note("equal channels", `${channels} channels hold the same samples`);
  if (sampleRate !== usualRate || sampleRate < narrowestRate) {
    note("unusual sample rate", `${sampleRate} Hz, most clips have ${usualRate} Hz`);
  }
  return found;
}

function sharedAudio(measures: readonly MeasuredClip[]): Finding[] {
  const groups = new Map<string, MeasuredClip[]>();
  for (const measure of measures) {
    const group = groups.get(measure.audioHash);
    if (group) group.push(measure);
    else groups.set(measure.audioHash, [measure]);
  }
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => {
      const clips = group.map(({ clip }) => clip);
      const emotions = new Set(clips.map((clip) => clip.emotion));
      const speakers = new Set(clips.map((clip) => clip.speakerId));
      const ids = clips.map((clip) => clip.id);
      if (emotions.size > 1) {
        return finding("same audio under several emotions", ids, [...emotions].join(", "));
      }
      if (speakers.size > 1) {
        return finding("same audio under several speakers", ids, [...speakers].join(", "));
      }
      return finding("same audio twice", ids, `${group.length} clips`);
    });
}

function mostCommon(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}
