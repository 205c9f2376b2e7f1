import type { Segment } from "../recognition/analysis.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import { strongestMoments } from "../recognition/moments.ts";
import { clock } from "../shared/clock.ts";
import { percent, place } from "./show.ts";
import { formatTable } from "./table.ts";

/** Which moments are listed: of an emotion, or of "any". */
export interface MomentChoice {
  readonly emotion: string;
  readonly count: number;
}

type Moment = Segment & { readonly file: string };

/** The strongest moments of all files that came so far. */
export class MomentList {
  readonly #choice: MomentChoice;
  #moments: Moment[] = [];

  constructor(choice: MomentChoice) {
    this.#choice = choice;
  }

  add(result: FileResult): void {
    if ("error" in result) return;
    const { file, segments } = result;
    const { emotion, count } = this.#choice;
    const all = [...this.#moments, ...segments.map((segment) => ({ ...segment, file }))];
    this.#moments = strongestMoments(all, emotion, count);
  }

  /** The strongest first. */
  get moments(): readonly Moment[] {
    return this.#moments;
  }

  describe(): string {
    const { emotion } = this.#choice;
    if (this.#moments.length === 0) return "Nobody speaks, so there are no moments to list.\n";
    const rows = this.#moments.map(({ file, startSec, probabilities, intensity, text }) => [
      place(file),
      clock(startSec),
      percent(emotion === "any" ? 1 - (probabilities!["neutral"] ?? 0) : probabilities![emotion]!),
      intensity === null ? "" : percent(intensity),
      text,
    ]);
    const name = emotion === "any" ? "emotional" : emotion;
    const header = ["file", "at", name, "intensity", "words"];
    return `Strongest moments, ${name}\n\n${formatTable(header, rows)}\n`;
  }
}
