import { UndertoneError } from "../shared/errors.ts";
import type { AudioBlock } from "./blocks.ts";
import { toMono } from "./mix.ts";

/** Which sound of a recording with several channels is meant; `auto` looks at it. */
export const channelModes = ["auto", "mix", "left", "right", "split"] as const;

export type ChannelMode = (typeof channelModes)[number];

/** What there is to tell where `auto` takes each of two channels for a speaker. */
export const splitNotice = "The two channels hold different voices, so each is a speaker.";

/** What is done with the channels: all but `split` give one. */
export type ChannelChoice = Exclude<ChannelMode, "auto">;

/** What the two channels of a recording are to each other. */
export interface ChannelRelation {
  readonly choice: ChannelChoice;
  /** Whether they hold one sound, as it is or upside down. */
  readonly areSame: boolean;
  /** What there is to tell of it. */
  readonly warning?: string;
}

const windowSec = 0.05;
/** A channel this much quieter in all is silent. */
const silentRatio = 1e-4;
/** Mean square below which a window is silent, -60 dB. */
const quietPower = 1e-6;
/** Windows below the loud ones of their channel by more than this are pauses: 25 dB. */
const pauseRatio = 10 ** 2.5;
/** Loud windows of speech are louder by this than its pauses: 10 dB; those of steady noise are not. */
const speechRange = 10;
/** Ratio of powers from which on one channel speaks alone in a window: 7 dB. What leaks into the other is quieter yet. */
const aloneRatio = 5;
/** Correlation of channels from which on they hold one sound. */
export const sameCorrelation = 0.95;
/** Correlation of channels up to which one is the other upside down. */
export const oppositeCorrelation = -0.8;
/** More channels are not split: each is compared with every other one. */
export const mostSplit = 8;
/** Whoever speaks alone for less than this share of the speech, or for less than half a second, may be noise. */
const leastAlone = { share: 0.03, windows: 10 };

/** Looks at how two channels differ, block by block. */
export class ChannelComparison {
  /** Mean squares [window]. */
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  #product = 0;
  /** Whether parts of the recording have other channels, so that it cannot be split. */
  #changes = false;

  push({ channels, sampleRate }: AudioBlock): void {
    const [left, right] = channels;
    this.#changes ||= channels.length !== 2;
    if (channels.length !== 2 || !left || !right) return;
    const step = Math.max(1, Math.round(windowSec * sampleRate));
    for (let start = 0; start < left.length; start += step) {
      this.#pushWindow(left.subarray(start, start + step), right.subarray(start, start + step));
    }
  }

  /** What to do with the two channels. */
  relation(): ChannelRelation {
    const [left, right] = [sum(this.#left), sum(this.#right)];
    if (left + right === 0) return { choice: "mix", areSame: false };
    if (right < silentRatio * left) return { choice: "left", areSame: false };
    if (left < silentRatio * right) return { choice: "right", areSame: false };
    const correlation = this.#product / Math.sqrt(left * right);
    if (correlation < oppositeCorrelation) {
      const warning =
        "The two channels are in opposite phase and would cancel out: the left one was taken.";
      return { choice: "left", areSame: true, warning };
    }
    const areTwo = !this.#changes && correlation < 0.75 && this.#speakInTurn();
    return { choice: areTwo ? "split" : "mix", areSame: correlation > sameCorrelation };
  }

  /** Whether each channel has speech of its own, and most of all speech is in one of them alone. */
  #speakInTurn(): boolean {
    const [left, right] = [speechThreshold(this.#left), speechThreshold(this.#right)];
    let [active, leftAlone, rightAlone] = [0, 0, 0];
    for (const [n, l] of this.#left.entries()) {
      const r = this.#right[n]!;
      if (l < left && r < right) continue;
      active++;
      if (l >= left && l > aloneRatio * r) leftAlone++;
      if (r >= right && r > aloneRatio * l) rightAlone++;
    }
    const least = Math.max(leastAlone.windows, leastAlone.share * active);
    return Math.min(leftAlone, rightAlone) >= least && leftAlone + rightAlone > active / 2;
  }

  #pushWindow(left: Float32Array, right: Float32Array): void {
    let [l, r, product] = [0, 0, 0];
    for (let n = 0; n < left.length; n++) {
      const [a, b] = [left[n]!, right[n]!];
      l += a * a;
      r += b * b;
      product += a * b;
    }
    this.#left.push(l / left.length);
    this.#right.push(r / left.length);
    this.#product += product / left.length;
  }
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** The power from which on a window holds speech; none does in a channel of steady noise. */
function speechThreshold(powers: readonly number[]): number {
  const sorted = powers.toSorted((a, b) => a - b);
  const [quiet, loud] = [0.1, 0.95].map((share) => sorted[Math.floor(share * sorted.length)]!);
  return loud! < speechRange * quiet! ? Infinity : Math.max(quietPower, loud! / pauseRatio);
}

/**
 * Returns the channels of a block that are meant: one, or with `split` all of them. A block with one channel is returned
 * whole.
 * @throws UndertoneError `audio-unsupported` for a side of a block with more than two channels, `usage` for a split of more
 * than eight
 */
export function chosenChannels(
  { channels }: AudioBlock,
  choice: ChannelChoice,
): readonly Float32Array[] {
  if (choice === "split" && channels.length > mostSplit) {
    const problem = `The recording has ${channels.length} channels, of which at most ${mostSplit} can be split: use --channels mix.`;
    throw new UndertoneError("usage", problem);
  }
  if (channels.length === 1 || choice === "split") return channels;
  if (choice === "mix") return [toMono(channels)];
  if (channels.length > 2) {
    const problem = `The recording has ${channels.length} channels, not a left and a right one: use --channels mix.`;
    throw new UndertoneError("audio-unsupported", problem);
  }
  return [channels[choice === "left" ? 0 : 1]!];
}
