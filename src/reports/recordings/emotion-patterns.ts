import { html, Html } from "../page/html.ts";

/** How an emotion is drawn: a color, and a pattern that tells it from the others without color. */
export interface Look {
  readonly color: string;
  /** Side of the pattern's tile, in pixels. */
  readonly tile: number;
  /** Path of SVG over the tile; empty for a plain area. */
  readonly path: string;
  /** Color of the path. */
  readonly ink: string;
  /** The path is filled; by default it is a line. */
  readonly isFilled?: boolean;
}

/** Width of the lines, in pixels. */
export const lineWidth = 1.3;

const black = "#14171a";
const white = "#fff";
const dot = "M2.5 4a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0Z";
const ring = "M2.2 5a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0Z";

/** Colors that color-blind people tell apart. @see Okabe and Ito (2008), "Color Universal Design" */
const looks: Readonly<Record<string, Look>> = {
  neutral: { color: "#c6ccd1", tile: 8, path: "", ink: black },
  calm: { color: "#7cc4ee", tile: 8, path: "M0 4H8", ink: black },
  happy: { color: "#f0e442", tile: 8, path: dot, ink: black, isFilled: true },
  sad: { color: "#0072b2", tile: 6, path: "M3 0V6", ink: white },
  angry: { color: "#e0641c", tile: 6, path: "M-1 7L7-1M-1 1L1-1M5 7L7 5", ink: black },
  fearful: { color: "#cc79a7", tile: 8, path: "M-1-1L9 9M-1 7L1 9M7-1L9 1", ink: black },
  disgust: { color: "#1fa67e", tile: 8, path: "M0 0L8 8M8 0L0 8", ink: black },
  surprised: { color: "#e69f00", tile: 10, path: ring, ink: black },
};

/** Of labels beyond the eight emotions, in their order. */
const others: readonly Look[] = [
  { color: "#b8a1d9", tile: 8, path: "M0 4H8M4 0V8", ink: black },
  { color: "#a6c96a", tile: 8, path: "M0 6L4 2L8 6", ink: black },
  { color: "#d9b08c", tile: 8, path: "M1 1H4V4H1Z", ink: black, isFilled: true },
  { color: "#8fb9aa", tile: 10, path: "M5 2V8M2 5H8", ink: black },
];

/** The emotions of a page, drawn alike everywhere on it. */
export class EmotionPatterns {
  readonly #looks: ReadonlyMap<string, Look>;
  readonly #ids: ReadonlyMap<string, string>;

  /** @param prefix of ids, which tells these patterns from those of other labels on the same page */
  constructor(labels: readonly string[], prefix = "e") {
    const unusual = labels.filter((label) => !Object.hasOwn(looks, label));
    this.#ids = new Map(labels.map((label, index) => [label, `${prefix}${index}`]));
    this.#looks = new Map(
      labels.map((label) => {
        const look = Object.hasOwn(looks, label) ? looks[label] : undefined;
        return [label, look ?? others[unusual.indexOf(label) % others.length]!];
      }),
    );
  }

  /** Returns the definitions that `fillOf` refers to; once in a page. */
  definitions(): Html {
    const patterns = [...this.#looks].map(
      ([label, look]) =>
        `<pattern id="${this.#ids.get(label)}" width="${look.tile}" height="${look.tile}" patternUnits="userSpaceOnUse">` +
        `<rect width="${look.tile}" height="${look.tile}" fill="${look.color}"/>${marksOf(look)}</pattern>`,
    );
    return html`<svg width="0" height="0" class="definitions" aria-hidden="true">
      <defs>${new Html(patterns.join(""))}</defs>
    </svg>`;
  }

  /** Returns how an emotion is drawn. @throws RangeError for a label that is not of the page */
  lookOf(label: string): Look {
    const look = this.#looks.get(label);
    if (look === undefined) throw new RangeError(`lookOf: "${label}" is no label of the page`);
    return look;
  }

  /** Returns the value of an SVG `fill`. */
  fillOf(label: string): string {
    return `url(#${this.#ids.get(label)})`;
  }

  /** Returns a small sample of an emotion; hollow for `null`, no emotion reported. */
  swatch(label: string | null): Html {
    const shape =
      label === null
        ? html`<rect x=".75" y=".75" width="22.5" height="12.5" class="abstained" />`
        : html`<rect width="24" height="14" fill="${this.fillOf(label)}" class="emotion" />`;
    return html`<svg width="24" height="14" class="swatch" aria-hidden="true">${shape}</svg>`;
  }

  /** Returns shares of time as one bar, whose parts are in the order of the labels. */
  bar(shares: Readonly<Record<string, number>>): Html {
    let left = 0;
    const parts = Object.entries(shares).flatMap(([label, share]) => {
      const x = left;
      left += share;
      if (share === 0) return [];
      return html`<rect
        x="${percentage(x)}"
        width="${percentage(share)}"
        height="100%"
        fill="${this.fillOf(label)}"
        class="emotion"
      />`;
    });
    return html`<svg class="bar" aria-hidden="true">${parts}</svg>`;
  }
}

function marksOf({ path, ink, isFilled = false }: Look): string {
  if (path === "") return "";
  return isFilled
    ? `<path d="${path}" fill="${ink}"/>`
    : `<path d="${path}" stroke="${ink}" stroke-width="${lineWidth}" fill="none"/>`;
}

/** Returns a share as SVG takes it: `12.345%`. */
export const percentage = (share: number): string => `${Number((share * 100).toFixed(4))}%`;
