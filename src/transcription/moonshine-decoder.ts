import { Session, type Feeds, type HeldTensors, type Runtime } from "../graph/session.ts";
import { multipliesExactly } from "../graph/signed-weights.ts";
import { openTogether } from "../shared/closing.ts";
import { decodeGreedily, type Choice, type Decoded } from "./greedy-decoding.ts";
import { crossGraph, heads, stepGraph, type MoonshineSize } from "./moonshine-graphs.ts";
import { readDecoderWeights } from "./moonshine-weights.ts";

/** An utterance to decode. */
export interface EncodedUtterance {
  /** What the encoder makes of it, [frames, width]. */
  readonly states: Float32Array;
  readonly mostTokens: number;
}

const startToken = 1;
const endToken = 2;
/** Sound is padded to multiples of so many frames, so that sums over it do not depend on the utterances beside it. */
const frameUnit = 64;
/** Padded frames of the utterances that are decoded at once: 61 s, of which the layers of the larger model take 17 MB. */
const mostFrames = 2560;
/** For so many tokens there is room at first. */
const tokenUnit = 32;

interface DecoderOptions {
  readonly size: MoonshineSize;
  /** Threads for one operator; by default one a core. */
  readonly threads?: number | undefined;
}

/** Keys or values of the decoder's layers, each [batch, heads, …]. */
type Layers = readonly Float32Array[];

/** Finds the words of encoded utterances. */
export type UtteranceDecoder = Pick<MoonshineDecoder, "decode" | "close">;

/** Moonshine's decoder, for several utterances at once: the weights of a step are read once for all, with the same words. */
export class MoonshineDecoder {
  readonly #cross: Session;
  readonly #step: Session;
  readonly #size: MoonshineSize;

  private constructor(cross: Session, step: Session, size: MoonshineSize) {
    this.#cross = cross;
    this.#step = step;
    this.#size = size;
  }

  /** @throws UndertoneError `model-invalid` when the file is no decoder of this size */
  static async open(
    runtime: Runtime,
    file: Uint8Array,
    { size, threads }: DecoderOptions,
  ): Promise<MoonshineDecoder> {
    const areSigned = await multipliesExactly(runtime);
    const weights = readDecoderWeights(file);
    const options = threads === undefined ? {} : { threads };
    const open = (graph: Uint8Array): Promise<Session> => Session.open(runtime, graph, options);
    const { cross, step } = await openTogether(async (keep) => ({
      cross: keep(await open(crossGraph(weights, size, { areSigned }))),
      step: await open(stepGraph(weights, size, { areSigned })),
    }));
    return new MoonshineDecoder(cross, step, size);
  }

  /** Decodes utterances, those of a length together. @throws UndertoneError `cancelled` */
  async decode(utterances: readonly EncodedUtterance[], signal?: AbortSignal): Promise<Decoded[]> {
    const places = [...utterances.keys()].toSorted(
      (a, b) => utterances[a]!.states.length - utterances[b]!.states.length,
    );
    const decoded: Decoded[] = [];
    while (places.length > 0) {
      const frames = this.#framesOf([utterances[places.at(-1)!]!]);
      const together = places.splice(-Math.max(1, Math.floor(mostFrames / frames)));
      const texts = await this.#decodeTogether(
        together.map((place) => utterances[place]!),
        signal,
      );
      for (const [n, place] of together.entries()) decoded[place] = texts[n]!;
    }
    return decoded;
  }

  async close(): Promise<void> {
    await Promise.all([this.#cross.close(), this.#step.close()]);
  }

  get #width(): number {
    return heads * this.#size.headSize;
  }

  /** Frames of the longest utterance, padded. */
  #framesOf(utterances: readonly EncodedUtterance[]): number {
    const longest = Math.max(...utterances.map(({ states }) => states.length / this.#width));
    return Math.ceil(longest / frameUnit) * frameUnit;
  }

  async #decodeTogether(
    utterances: readonly EncodedUtterance[],
    signal: AbortSignal | undefined,
  ): Promise<Decoded[]> {
    const { held, mask } = await this.#soundOf(utterances);
    const batch = utterances.length;
    const cache = new TokenCache(this.#size, batch);
    const step = async (tokens: readonly number[], position: number): Promise<Choice[]> => {
      const feeds = {
        ids: { data: BigInt64Array.from(tokens, BigInt), shape: [batch] },
        position: { data: Float32Array.of(position), shape: [1] },
        ...cache.feeds(position),
        ...mask,
      };
      const outputs = await this.#step.run(feeds, undefined, held);
      cache.add(position, outputs["newKeys"]!, outputs["newValues"]!);
      return tokens.map((_, n) => ({
        token: outputs["token"]![n]!,
        probability: outputs["probability"]![n]!,
        entropy: outputs["entropy"]![n]!,
      }));
    };
    const mostTokens = utterances.map((utterance) => utterance.mostTokens);
    return decodeGreedily(step, { startToken, endToken, mostTokens, signal });
  }

  /** What each layer attends to of the sound, side by side, and where there is sound. */
  async #soundOf(
    utterances: readonly EncodedUtterance[],
  ): Promise<{ readonly held: HeldTensors; readonly mask: Feeds }> {
    const width = this.#width;
    const batch = utterances.length;
    const frames = this.#framesOf(utterances);
    const states = new Float32Array(batch * frames * width);
    const mask = new Float32Array(batch * frames).fill(-Infinity);
    for (const [n, { states: own }] of utterances.entries()) {
      states.set(own, n * frames * width);
      mask.fill(0, n * frames, n * frames + own.length / width);
    }
    return {
      held: await this.#cross.hold({ states: { data: states, shape: [batch, frames, width] } }),
      mask: { crossMask: { data: mask, shape: [batch, 1, 1, frames] } },
    };
  }
}

/** Copies rows of `from` numbers to rows of `to`, from row `first` on. */
function copyRows(
  source: Float32Array,
  target: Float32Array,
  { from, to, first }: { readonly from: number; readonly to: number; readonly first: number },
): void {
  for (let row = 0; row < source.length / from; row++) {
    target.set(source.subarray(row * from, (row + 1) * from), (first + row) * to);
  }
}

function layerFeeds(name: string, layers: Layers, shape: readonly number[]): Feeds {
  return Object.fromEntries(layers.map((data, layer) => [`${name}.${layer}`, { data, shape }]));
}

/** Keys [batch, heads, headSize, tokens] and values [batch, heads, tokens, headSize] of the tokens so far, by layer. */
class TokenCache {
  readonly #size: MoonshineSize;
  readonly #batch: number;
  #room = tokenUnit;
  #keys: Layers;
  #values: Layers;
  #mask: Float32Array;

  constructor(size: MoonshineSize, batch: number) {
    this.#size = size;
    this.#batch = batch;
    this.#keys = this.#empty();
    this.#values = this.#empty();
    this.#mask = new Float32Array(this.#room).fill(-Infinity);
  }

  feeds(position: number): Feeds {
    if (position === this.#room) this.#grow();
    const { headSize } = this.#size;
    const [batch, room] = [this.#batch, this.#room];
    return {
      mask: { data: this.#mask, shape: [room] },
      ...layerFeeds("keys", this.#keys, [batch, heads, headSize, room]),
      ...layerFeeds("values", this.#values, [batch, heads, room, headSize]),
    };
  }

  /** Adds keys and values of a token, [batch, layers, heads, headSize]. */
  add(position: number, keys: Float32Array, values: Float32Array): void {
    const { layers, headSize } = this.#size;
    const room = this.#room;
    this.#mask[position] = 0;
    for (let row = 0; row < this.#batch * heads; row++) {
      for (let layer = 0; layer < layers; layer++) {
        const [utterance, head] = [Math.floor(row / heads), row % heads];
        const from = ((utterance * layers + layer) * heads + head) * headSize;
        const ofLayer = this.#keys[layer]!;
        for (let n = 0; n < headSize; n++) {
          ofLayer[(row * headSize + n) * room + position] = keys[from + n]!;
        }
        const own = values.subarray(from, from + headSize);
        this.#values[layer]!.set(own, (row * room + position) * headSize);
      }
    }
  }

  #grow(): void {
    const [keys, values, mask, room] = [this.#keys, this.#values, this.#mask, this.#room];
    const { headSize } = this.#size;
    this.#room = 2 * room;
    this.#keys = this.#empty();
    this.#values = this.#empty();
    this.#mask = new Float32Array(2 * room).fill(-Infinity);
    this.#mask.set(mask);
    for (const [layer, old] of keys.entries()) {
      copyRows(old, this.#keys[layer]!, { from: room, to: 2 * room, first: 0 });
      const [from, to] = [room * headSize, 2 * room * headSize];
      copyRows(values[layer]!, this.#values[layer]!, { from, to, first: 0 });
    }
  }

  #empty(): Layers {
    const { layers, headSize } = this.#size;
    const length = this.#batch * heads * headSize * this.#room;
    return Array.from({ length: layers }, () => new Float32Array(length));
  }
}
