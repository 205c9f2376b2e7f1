import type { Segment } from "../recognition/analysis.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import { strongestMoments } from "../recognition/moments.ts";
import { clock } from "../shared/clock.ts";
import { printable } from "./printable.ts";
import { percent, place } from "./show.ts";
import { formatTable } from "./table.ts";

/** Which moments are listed: of an emotion, or of "any". */
export interface MomentChoice {
  readonly emotion: string;
  readonly count: number;
}

type Moment = Segment & { readonly file: string };

/** The strongest moments of all files that came so far, those of each speaker by themselves. */
export class MomentList {
  readonly #choice: MomentChoice;
  /** By speaker; `null` for those who are not told apart. */
  readonly #moments = new Map<string | null, readonly Moment[]>();

  constructor(choice: MomentChoice) {
    this.#choice = choice;
  }

  add(result: FileResult): void {
    if ("error" in result) return;
    const { file, segments } = result;
    const { emotion, count } = this.#choice;
    for (const speaker of new Set(segments.map((segment) => segment.speaker))) {
      const own = segments.filter((segment) => segment.speaker === speaker);
      const all = [...this.#of(speaker), ...own.map((segment) => ({ ...segment, file }))];
      this.#moments.set(speaker, strongestMoments(all, emotion, count));
    }
  }

  /** The strongest first. */
  get moments(): readonly Moment[] {
    const { emotion } = this.#choice;
    const all = [...this.#moments.values()].flat();
    return strongestMoments(all, emotion, all.length);
  }

  describe(): string {
    const lists = [...this.#moments].filter(([, moments]) => moments.length > 0);
    if (lists.length === 0) return "Nobody speaks, so there are no moments to list.\n";
    return lists.map(([speaker, moments]) => this.#describe(speaker, moments)).join("\n");
  }

  #of(speaker: string | null): readonly Moment[] {
    return this.#moments.get(speaker) ?? [];
  }

  #describe(speaker: string | null, moments: readonly Moment[]): string {
    const { emotion } = this.#choice;
    const rows = moments.map(({ file, startSec, probabilities, intensity, text }) => [
      place(file),
      clock(startSec),
      percent(emotion === "any" ? 1 - (probabilities!["neutral"] ?? 0) : probabilities![emotion]!),
      intensity === null ? "" : percent(intensity),
      text,
    ]);
    const name = emotion === "any" ? "emotional" : emotion;
    const header = ["file", "at", name, "intensity", "words"];
    const of = speaker === null ? "" : ` of ${printable(speaker)}`;
    return `Strongest moments${of}, ${name}\n\n${formatTable(header, rows)}\n`;
  }
}
