import type { CommandName } from "./compare/commands.ts";
import type { BenchDocument } from "./document.ts";
import type { Ratio } from "./ratios.ts";
import { recordingSec } from "./subjects/analysis-recordings.ts";
import { table } from "./table.ts";

/** What was to be reached, what it was when the goal was set (`–` where nobody had measured it), and what it is. */
interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly before: string;
  readonly now: string | undefined;
}

/** Returns the table of goals, of what was measured in this run. */
export function goalsPart(document: BenchDocument): string {
  const measured = goalsOf(document).filter(({ now }) => now !== undefined);
  if (measured.length === 0) return "";
  return `## Goals

For two cores. "Before" is what was measured when the goals were set, on another machine.

${table(
  ["", "goal", "before", "now"],
  measured.map(({ what, goal, before, now }) => [what, goal, before, now!]),
)}`;
}

function goalsOf({ cnn, encoder, analysis, commands }: BenchDocument): Goal[] {
  const command = (name: CommandName) => commands?.find((row) => row.name === name);
  const taken = (name: CommandName): string | undefined => seconds(command(name)?.seconds);
  const recording = command("ten minutes with words");
  const largest = recording?.largestMb ?? undefined;
  const stereo = analysis?.rows.find((row) => row.recording.includes("stereo"));
  const features = encoder?.rows.filter(({ task }) => task === "features") ?? [];
  const busiest = analysis?.live.find((row) => row.model === "default" && row.withWords);
  const live = busiest && `${(100 / busiest.rate).toFixed(0)} % of a core`;
  return [
    {
      what: "ten minutes with words, by the command line",
      goal: "15 s",
      before: "49 s",
      now: recording && `${seconds(recording.seconds)}, ${times(recordingSec / recording.seconds)}`,
    },
    {
      what: "the same, memory of the largest process",
      goal: "500 MB",
      before: "–",
      now: largest === undefined ? undefined : `${largest.toFixed(0)} MB`,
    },
    {
      what: "ten minutes, 44.1 kHz stereo, voice only",
      goal: "150 ×",
      before: "22 ×",
      now: stereo && times(stereo.rate),
    },
    {
      what: "frozen features, clips of 3.5 s",
      goal: "50 clips/s",
      before: "8.8 clips/s",
      now:
        features.length === 0
          ? undefined
          : `${Math.max(...features.map(({ rate }) => rate)).toFixed(1)} clips/s`,
    },
    {
      what: "a clip of 3 s, voice only",
      goal: "1 s",
      before: "–",
      now: taken("clip, voice only"),
    },
    { what: "a clip of 3 s with words", goal: "2 s", before: "–", now: taken("clip with words") },
    {
      what: "live, voice and words, a partial result every 500 ms",
      goal: "30 % of a core",
      before: "–",
      now: live,
    },
    {
      what: "training of the reference CNN beside PyTorch, tuned",
      goal: "0.8 ×",
      before: "0.51 ×",
      now: ratio(cnn?.ratios, "tuned"),
    },
    {
      what: "the same, PyTorch as installed",
      goal: "1.9 ×",
      before: "1.24 ×",
      now: ratio(cnn?.ratios, "plain"),
    },
    {
      what: "fine-tuning of an encoder beside PyTorch, tuned",
      goal: "1 ×",
      before: "–",
      now: ratio(encoder?.ratios, "tuned"),
    },
    { what: "`undertone --help`", goal: "0.15 s", before: "0.26 s", now: taken("help") },
    {
      what: "import of the library",
      goal: "0.2 s",
      before: "–",
      now: taken("import of the library"),
    },
  ];
}

const seconds = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : `${value.toFixed(value < 10 ? 2 : 1)} s`;

const times = (rate: number): string => `${rate.toFixed(0)} × real time`;

/** Training beside PyTorch: with the number of threads that PyTorch is fastest with, and where that differs with the best of each. */
function ratio(ratios: readonly Ratio[] = [], against: Ratio["against"]): string | undefined {
  const found = ratios.find((each) => each.task === "training" && each.against === against);
  if (found === undefined) return undefined;
  const [same, best] = [found.ratio, found.fastestRatio].map((value) => `${value.toFixed(2)} ×`);
  return same === best ? same : `${same}, fastest against fastest ${best}`;
}
