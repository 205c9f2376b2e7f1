import { UndertoneError } from "../shared/errors.ts";
import {
  joinAlike,
  lengthOf,
  type AudioBlock,
  type Coverage,
  type DecodingContext,
} from "./blocks.ts";
import { isLossy, openCodec, type CodecParameters, type PacketDecoder } from "./codecs/codec.ts";
import type { AudioTrack, PacketGroup } from "./containers/container.ts";
import { applyEdits } from "./edits.ts";
import { toMono } from "./mix.ts";
import { createPace } from "./pace.ts";
import { Timeline } from "./timeline.ts";

/** Samples beyond it are noise of a wrongly opened packet, or damaged. */
const mostPeak = 4;
/** Share of samples that may be damaged. */
const mostNoise = 0.1;

/** What Opus and Vorbis can have; larger numbers are damaged. */
const mostChannels = 255;
/** More than a day of joined recordings has. */
const mostStreams = 2000;
/** Larger ones are no packets of sound: what they hold would not fit into memory. */
const mostPacketBytes = { lossy: 1 << 17, lossless: 1 << 24 };

/** What came of decoding a track; complete at its end. */
export interface TrackReport extends Coverage {
  readonly warnings: readonly string[];
}

/** Decodes one track. */
export class TrackDecoding {
  readonly #track: AudioTrack;
  readonly #context: DecodingContext;
  readonly #pace: () => Promise<void>;
  readonly #timeline = new Timeline();
  readonly #warnings: string[] = [];
  #heardSec = 0;
  /** Whether the decoder gave nothing yet: it may hold the first packet back. */
  #isFresh = true;
  #packets = 0;
  #damaged = 0;
  #damagedSec = 0;
  #losses = 0;
  #samples = 0;
  #badSamples = 0;
  /** The last block that was decoded: its shape is that of the next one. */
  #last: AudioBlock | undefined;

  constructor(track: AudioTrack, context: DecodingContext) {
    this.#track = track;
    this.#pace = createPace(context.signal);
    this.#context = { ...context, warn: (message) => this.#warnings.push(message) };
  }

  /**
   * Decodes the packets, each at its time.
   * @yields blocks of at least one sample
   * @throws UndertoneError `audio-corrupt` for what is noise, and what opening the decoder throws
   */
  async *blocks(): AsyncGenerator<AudioBlock> {
    const { edits } = this.#track;
    const placed = this.#placed();
    for await (const block of edits ? applyEdits(placed, edits, this.#context) : placed) {
      if (lengthOf(block) === 0) continue;
      this.#heardSec += lengthOf(block) / block.sampleRate;
      yield block;
    }
    if (this.#isNoise()) throw noise();
    if (this.isUnusable) {
      throw new UndertoneError("audio-corrupt", "Most of the recording is damaged.");
    }
  }

  /** Seconds that were decoded. */
  get decodedSec(): number {
    return this.#heardSec;
  }

  /** Whether what was decoded is not to be relied on: it is noise, or most of it is damaged. */
  get isUnusable(): boolean {
    return this.#isNoise() || (this.#damaged > 10 && this.#damaged > this.#packets / 2);
  }

  report(): TrackReport {
    const { lostSec, gapSec, firstGapSec, isTooLong } = this.#timeline;
    const missingSec = lostSec + this.#damagedSec;
    const promisedSec = this.#track.promisedSec ?? 0;
    const expectedSec = Math.max(promisedSec, this.#heardSec);
    const warnings = [...new Set(this.#warnings)];
    if (missingSec > 0) {
      warnings.push(
        `${seconds(missingSec)} of the recording are damaged or missing: silence stands there.`,
      );
    } else if (this.#damaged + this.#losses > 0) {
      warnings.push("Parts of the file are damaged and were passed over.");
    }
    if (gapSec > 0) {
      warnings.push(
        `Nothing is recorded in ${seconds(gapSec)} of the file, first at ${seconds(firstGapSec ?? 0)}: silence stands there.`,
      );
    }
    if (promisedSec - this.#heardSec > this.#tolerableSec()) {
      warnings.push(
        `The file promises ${seconds(promisedSec)} of sound, but has ${seconds(this.#heardSec)}: it is cut short.`,
      );
    }
    if (isTooLong) {
      warnings.push("Packets are longer than their times leave room for: they may be damaged.");
    }
    if (this.#badSamples > 0) {
      warnings.push(
        `${this.#badSamples} samples were NaN, infinite or far beyond full scale and were replaced by 0.`,
      );
    }
    return { warnings, expectedSec, decodedSec: Math.max(0, this.#heardSec - missingSec) };
  }

  async *#placed(): AsyncGenerator<AudioBlock> {
    let decoder: PacketDecoder | undefined;
    let parameters: CodecParameters | undefined;
    let opened = 0;
    let isAfterLoss = false;
    let heldFromSec: number | undefined;
    let heldSec: number | undefined;
    try {
      checkChannels(codecOf(this.#track).channels);
      for await (const group of withoutStrayTimes(this.#track.packets(this.#context))) {
        await this.#pace();
        if (!decoder || group.codec) {
          if (++opened > mostStreams) throw tooManyStreams();
          decoder?.free();
          decoder = undefined;
          parameters = group.codec ?? codecOf(this.#track);
          checkChannels(parameters.channels);
          decoder = await openCodec(parameters, this.#context.wantedHz);
          heldFromSec = heldSec = undefined;
          this.#isFresh = true;
        }
        if (group.isAfterLoss) this.#losses++;
        const before = this.#damaged;
        const blocks = await this.#decode(group.packets, decoder, parameters!);
        isAfterLoss ||= group.isAfterLoss || this.#damaged > before;
        let timing: Omit<PacketGroup, "packets"> = { ...group, isAfterLoss };
        if (timing.startSec !== undefined) {
          // Vorbis has no delay: what its first packet holds back belongs where that packet begins.
          if (parameters?.codec === "vorbis") heldFromSec ??= timing.startSec;
          if (blocks.length > 0) heldSec ??= timing.startSec - (heldFromSec ?? timing.startSec);
          const delaySec = (decoder.delaySec ?? 0) + (heldSec ?? 0);
          timing = { ...timing, startSec: timing.startSec - delaySec };
        }
        for (const block of blocks) {
          yield* this.#timeline.place(block, timing);
          timing = { isLast: timing.isLast ?? false, endSec: timing.endSec };
          isAfterLoss = false;
        }
        if (this.#isNoise()) throw noise();
      }
    } finally {
      decoder?.free();
    }
  }

  /** Resolves to what the packets hold, joined where they are alike; a damaged packet is silence. */
  async #decode(
    packets: readonly Uint8Array[],
    decoder: PacketDecoder,
    parameters: CodecParameters,
  ): Promise<AudioBlock[]> {
    const blocks: AudioBlock[] = [];
    for (const packet of packets) {
      await this.#pace();
      this.#packets++;
      const block = await this.#decodePacket(packet, decoder, parameters);
      if (block && lengthOf(block) > 0) blocks.push(checkedRate(block));
    }
    return joinAlike(blocks);
  }

  async #decodePacket(
    packet: Uint8Array,
    decoder: PacketDecoder,
    parameters: CodecParameters,
  ): Promise<AudioBlock | undefined> {
    try {
      if (packet.length > mostPacketBytes[isLossy(parameters.codec) ? "lossy" : "lossless"]) {
        throw new Error("a packet is too large");
      }
      const block = await decoder.decode(packet);
      if (lengthOf(block) > 0) this.#isFresh = false;
      else if (!this.#isFresh && isLossy(parameters.codec)) throw new Error("a packet is lost");
      const bad = isBounded(parameters) ? 0 : badSamples(block);
      this.#samples += lengthOf(block) * block.channels.length;
      if (bad > 0 && isLossy(parameters.codec)) {
        this.#badSamples += lengthOf(block) * block.channels.length;
        throw new Error("a packet holds noise");
      }
      this.#badSamples += bad;
      if (bad > 0) silenceBad(block);
      checkChannels(block.channels.length);
      const kept = this.#mixed(block);
      if (lengthOf(kept) > 0) this.#last = kept;
      return kept;
    } catch (error) {
      if (error instanceof UndertoneError) throw error;
      this.#damaged++;
      if (!this.#last) return undefined;
      const length = lengthOf(this.#last);
      this.#damagedSec += length / this.#last.sampleRate;
      return { ...this.#last, channels: this.#last.channels.map(() => new Float32Array(length)) };
    }
  }

  /** Many channels of many packets would be much to keep. */
  #mixed(block: AudioBlock): AudioBlock {
    const count = block.channels.length;
    if (count <= (this.#context.mixedAbove ?? Infinity)) return block;
    return { ...block, channels: [toMono(block.channels)], mixedFrom: count };
  }

  #tolerableSec(): number {
    const { codec } = this.#track;
    const isExact = typeof codec !== "string" && !isLossy(codec.codec);
    return isExact ? toleratedSec.lossless : toleratedSec.lossy;
  }

  #isNoise(): boolean {
    return this.#badSamples > mostNoise * this.#samples;
  }
}

/** Shortfalls that are rounding, or delays of codecs. */
const toleratedSec = { lossless: 0.01, lossy: 0.2 };

const seconds = (value: number): string => `${value.toFixed(2)} s`;

const tooManyStreams = (): UndertoneError =>
  new UndertoneError(
    "audio-corrupt",
    `The recording changes its rate or channels, or begins anew, more than ${mostStreams} times: it is damaged.`,
  );

const noise = (): UndertoneError =>
  new UndertoneError(
    "audio-corrupt",
    "What is decoded is noise: the file is damaged, or is not what its header says.",
  );

function codecOf({ codec }: AudioTrack): CodecParameters {
  if (typeof codec !== "string") return codec;
  throw new UndertoneError("audio-unsupported", `The track is ${codec}, which is not decoded.`);
}

/**
 * A single time that leads far ahead, and not the next one, is damaged.
 * @yields the groups, without such times
 */
async function* withoutStrayTimes(
  groups: AsyncIterable<PacketGroup> | Iterable<PacketGroup>,
): AsyncGenerator<PacketGroup> {
  let waiting: PacketGroup | undefined;
  for await (const group of groups) {
    if (waiting) {
      const [time, next] = [timeOf(waiting), timeOf(group)];
      const isStray = time !== undefined && next !== undefined && time > next + 1;
      yield isStray && !waiting.isLast
        ? { ...waiting, startSec: undefined, endSec: undefined }
        : waiting;
    }
    waiting = group;
  }
  if (waiting) yield waiting;
}

const timeOf = ({ startSec, endSec }: PacketGroup): number | undefined => startSec ?? endSec;

const sampleRates = { lowest: 1000, highest: 768_000 };

function checkedRate(block: AudioBlock): AudioBlock {
  const { lowest, highest } = sampleRates;
  if (block.sampleRate >= lowest && block.sampleRate <= highest) return block;
  throw new UndertoneError(
    "audio-corrupt",
    `The header has a sample rate of ${block.sampleRate} Hz; it must be from ${lowest} to ${highest}.`,
  );
}

function checkChannels(count: number): void {
  if (count <= mostChannels) return;
  throw new UndertoneError(
    "audio-unsupported",
    `The recording has ${count} channels; at most ${mostChannels} are decoded.`,
  );
}

/** Whether samples are whole numbers of their full scale, none of which is beyond it. */
const isBounded = ({ codec, pcm }: CodecParameters): boolean =>
  codec === "a-law" || codec === "mu-law" || (pcm !== undefined && pcm.kind !== "float");

function badSamples({ channels }: AudioBlock): number {
  let bad = 0;
  for (const samples of channels) {
    for (let n = 0; n < samples.length; n++) {
      const sample = samples[n]!;
      if (!(sample <= mostPeak && sample >= -mostPeak)) bad++;
    }
  }
  return bad;
}

function silenceBad({ channels }: AudioBlock): void {
  for (const samples of channels) {
    for (let n = 0; n < samples.length; n++) {
      if (!(Math.abs(samples[n]!) <= mostPeak)) samples[n] = 0;
    }
  }
}
