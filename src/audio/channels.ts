import { UndertoneError } from "../shared/errors.ts";
import type { AudioBlock } from "./blocks.ts";
import { toMono } from "./mix.ts";

/** Which sound of a recording with several channels is meant; `auto` looks at it. */
export const channelModes = ["auto", "mix", "left", "right", "split"] as const;

export type ChannelMode = (typeof channelModes)[number];

/** What is done with the channels: all but `split` give one. */
export type ChannelChoice = Exclude<ChannelMode, "auto">;

/** What the first two channels of a recording are to each other. */
export interface ChannelRelation {
  readonly choice: ChannelChoice;
  /** What there is to tell of it. */
  readonly warning?: string;
}

const windowSec = 0.05;
/** A channel this much quieter in all is silent. */
const silentRatio = 1e-4;
/** Windows below this mean square, -60 dB, are silent in both. */
const quietEnergy = 1e-6;
/** Ratio of energies from which on one channel speaks alone in a window: 12 dB. */
const aloneRatio = 16;

/** Looks at how two channels differ, block by block. */
export class ChannelComparison {
  #left = 0;
  #right = 0;
  #product = 0;
  #leftAlone = 0;
  #rightAlone = 0;
  #active = 0;

  push({ channels, sampleRate }: AudioBlock): void {
    const [left, right] = channels;
    if (channels.length !== 2 || !left || !right) return;
    const step = Math.max(1, Math.round(windowSec * sampleRate));
    for (let start = 0; start < left.length; start += step) {
      this.#pushWindow(left.subarray(start, start + step), right.subarray(start, start + step));
    }
  }

  /** What to do with the two channels. */
  relation(): ChannelRelation {
    const [left, right] = [this.#left, this.#right];
    if (left + right === 0) return { choice: "mix" };
    if (right < silentRatio * left) return { choice: "left" };
    if (left < silentRatio * right) return { choice: "right" };
    const correlation = this.#product / Math.sqrt(left * right);
    if (correlation < -0.8) {
      const warning =
        "The two channels are in opposite phase and would cancel out: the left one was taken.";
      return { choice: "left", warning };
    }
    const active = Math.max(1, this.#active);
    const [leftShare, rightShare] = [this.#leftAlone / active, this.#rightAlone / active];
    const areTwo = leftShare > 0.1 && rightShare > 0.1 && leftShare + rightShare > 0.6;
    return { choice: areTwo && correlation < 0.5 ? "split" : "mix" };
  }

  #pushWindow(left: Float32Array, right: Float32Array): void {
    let [l, r, product] = [0, 0, 0];
    for (let n = 0; n < left.length; n++) {
      const [a, b] = [left[n]!, right[n]!];
      l += a * a;
      r += b * b;
      product += a * b;
    }
    this.#left += l;
    this.#right += r;
    this.#product += product;
    if (Math.max(l, r) < quietEnergy * left.length) return;
    this.#active++;
    if (l > aloneRatio * r) this.#leftAlone++;
    if (r > aloneRatio * l) this.#rightAlone++;
  }
}

/**
 * Returns the channels of a block that are meant: one, or with `split` all of them. A block with one channel is returned
 * whole.
 * @throws UndertoneError `audio-unsupported` for a side of a block with more than two channels
 */
export function chosenChannels(
  { channels }: AudioBlock,
  choice: ChannelChoice,
): readonly Float32Array[] {
  if (channels.length === 1 || choice === "split") return channels;
  if (choice === "mix") return [toMono(channels)];
  if (channels.length > 2) {
    const problem = `The recording has ${channels.length} channels, not a left and a right one: use --channels mix.`;
    throw new UndertoneError("audio-unsupported", problem);
  }
  return [channels[choice === "left" ? 0 : 1]!];
}
