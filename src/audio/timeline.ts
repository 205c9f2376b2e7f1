import { lengthOf, silence, sliceBlock, type AudioBlock } from "./blocks.ts";
import type { PacketGroup } from "./containers/container.ts";

/** Times of packets are rounded, and clocks of recorders drift: less is no gap. */
const toleranceSec = 0.02;
/** Packets that overlap by less are played one behind the other. */
const overlapSec = 0.1;
/** Lags that rise by more at once, and stay, come from a packet that is longer than it was; clocks drift slowly. */
const jumpSec = 0.03;
/** Groups that agree in it. */
const agreeing = 4;
/** Times that go back further start anew. */
const mostOverlapSec = 1;
/** Times that go ahead further are wrong. */
const mostGapSec = 6 * 3600;

/**
 * Places decoded groups of packets where their times say, from 0 on: fills gaps with silence, and drops what is before 0,
 * overlaps or pads.
 */
export class Timeline {
  /** Silence in place of what was lost, in seconds. */
  lostSec = 0;
  /** Silence where nothing was recorded, but for a late start, in seconds. */
  gapSec = 0;
  firstGapSec: number | undefined;
  #shiftSec = 0;
  /** Where the samples begin that `#length` counts, at one rate. */
  #baseSec = 0;
  #length = 0;
  #sampleRate = 0;
  /** By how much the last groups came behind their times. */
  readonly #lags: number[] = [];
  #hasJumped = false;

  /** Whether packets were longer than their times leave room for. */
  get isTooLong(): boolean {
    return this.#hasJumped || [1, 2, 3].some((count) => this.#jumpsBefore(count));
  }

  /** Seconds that were placed. */
  get clockSec(): number {
    return this.#sampleRate === 0 ? 0 : this.#baseSec + this.#length / this.#sampleRate;
  }

  /** @yields what is to be heard next, silence before it; `block` is all of a group */
  *place(block: AudioBlock, group: Omit<PacketGroup, "packets">): Generator<AudioBlock> {
    const { sampleRate } = block;
    const length = lengthOf(block);
    if (length === 0 || sampleRate <= 0) return;
    const isFirst = this.clockSec === 0;
    this.#setRate(sampleRate);
    const aheadSec = this.#aheadSec(group, length / sampleRate);
    const isCut = aheadSec < (isFirst ? 0 : -overlapSec);
    if (!isFirst) this.#noteLag(isCut ? 0 : Math.max(0, -aheadSec));
    let start = 0;
    if (aheadSec > (isFirst ? 0.5 / sampleRate : toleranceSec)) {
      this.#count(aheadSec, { isFirst, isLost: group.isAfterLoss ?? false });
      for (const silent of silence(aheadSec, block)) yield this.#emit(silent);
    } else if (isCut) {
      start = Math.min(length, Math.round(-aheadSec * sampleRate));
    }
    let end = length - Math.round((group.paddingSec ?? 0) * sampleRate);
    if (group.isLast && group.endSec !== undefined) {
      const leftSec = group.endSec + this.#shiftSec - this.clockSec;
      end = Math.min(end, start + Math.round(leftSec * sampleRate));
    }
    if (end > start) yield this.#emit(sliceBlock(block, start, end));
  }

  /** How far behind the clock a group begins; where its times cannot be meant, they are shifted. */
  #aheadSec(group: Omit<PacketGroup, "packets">, durationSec: number): number {
    let startSec = group.startSec;
    if (startSec === undefined && group.endSec !== undefined) {
      startSec = group.endSec - durationSec;
      // The last packets end in padding, so that they begin earlier than their end says.
      if (group.isLast && startSec + this.#shiftSec < this.clockSec) return 0;
    }
    if (startSec === undefined) return 0;
    if (group.isOrigin && startSec > this.clockSec) this.#shiftSec = this.clockSec - startSec;
    const aheadSec = startSec + this.#shiftSec - this.clockSec;
    const isBack = this.clockSec > 0 && aheadSec < -mostOverlapSec;
    if (!isBack && aheadSec <= mostGapSec) return aheadSec;
    this.#shiftSec -= aheadSec;
    return 0;
  }

  #noteLag(lagSec: number): void {
    if (this.#lags.push(lagSec) > 2 * agreeing) this.#lags.shift();
    this.#hasJumped ||= this.#lags.length === 2 * agreeing && this.#jumpsBefore(agreeing);
  }

  /** Whether the last groups all lag by more than all before them. */
  #jumpsBefore(count: number): boolean {
    const before = this.#lags.slice(0, -count);
    return (
      Math.min(...this.#lags.slice(-count)) - Math.max(...before) > jumpSec && before.length > 0
    );
  }

  #count(seconds: number, { isFirst, isLost }: { isFirst: boolean; isLost: boolean }): void {
    if (isLost) this.lostSec += seconds;
    else if (isFirst) return;
    else {
      this.gapSec += seconds;
      this.firstGapSec ??= this.clockSec;
    }
  }

  #setRate(sampleRate: number): void {
    if (sampleRate === this.#sampleRate) return;
    this.#baseSec = this.clockSec;
    this.#length = 0;
    this.#sampleRate = sampleRate;
  }

  #emit(block: AudioBlock): AudioBlock {
    this.#length += lengthOf(block);
    return block;
  }
}
