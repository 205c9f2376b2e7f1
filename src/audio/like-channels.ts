import type { AudioBlock } from "./blocks.ts";
import { oppositeCorrelation, sameCorrelation, type ChannelChoice } from "./channels.ts";

/** Two channels, and sums over their samples. */
interface Pair {
  readonly first: number;
  readonly second: number;
  firstEnergy: number;
  secondEnergy: number;
  product: number;
}

/** Finds channels that hold one sound, as it is or upside down, block by block. */
export class LikeChannels {
  #count = 0;
  readonly #pairs: Pair[] = [];

  push({ channels }: AudioBlock): void {
    for (; this.#count < channels.length; this.#count++) {
      for (let first = 0; first < this.#count; first++) {
        const second = this.#count;
        this.#pairs.push({ first, second, firstEnergy: 0, secondEnergy: 0, product: 0 });
      }
    }
    for (const pair of this.#pairs) {
      const [a, b] = [channels[pair.first], channels[pair.second]];
      if (a === undefined || b === undefined) continue;
      let { firstEnergy, secondEnergy, product } = pair;
      for (let n = 0; n < a.length; n++) {
        const x = a[n]!;
        const y = b[n]!;
        firstEnergy += x * x;
        secondEnergy += y * y;
        product += x * y;
      }
      Object.assign(pair, { firstEnergy, secondEnergy, product });
    }
  }

  /** Returns what there is to tell where the channels are split or mixed. */
  warnings(choice: ChannelChoice): string[] {
    if (choice !== "split" && choice !== "mix") return [];
    const opposite = this.#pairs.find((pair) => correlationOf(pair) < oppositeCorrelation);
    const areTwo = this.#count === 2;
    if (opposite !== undefined && choice === "mix") {
      const remedy = areTwo ? "--channels left" : "--channels split";
      return [`${named(opposite)} are in opposite phase and cancel out in the mix: use ${remedy}.`];
    }
    const same = opposite ?? this.#pairs.find((pair) => correlationOf(pair) > sameCorrelation);
    if (same === undefined || choice === "mix") return [];
    const one = same === opposite ? "--channels left" : "--channels mix";
    const remedy = areTwo ? `use ${one}` : "leave one of them out by --only";
    return [
      `${named(same)} hold the same sound, so each speaker says what the other one says: ${remedy}.`,
    ];
  }
}

const named = ({ first, second }: Pair): string => `Channels ${first + 1} and ${second + 1}`;

/** From -1 to 1; 0 where one is silent. */
function correlationOf({ firstEnergy, secondEnergy, product }: Pair): number {
  const energy = firstEnergy * secondEnergy;
  return energy === 0 ? 0 : product / Math.sqrt(energy);
}
