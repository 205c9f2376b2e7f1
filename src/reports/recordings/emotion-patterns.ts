import { html, Html } from "../page/html.ts";

/** How an emotion is drawn: a color, and a pattern that tells it from the others without color. */
interface Look {
  readonly color: string;
  /** Side of the pattern's tile, in pixels. */
  readonly tile: number;
  /** SVG of one tile over the color; none for a plain area. */
  readonly marks: string;
}

const ink = `stroke="#14171a" stroke-width="1.3" fill="none"`;
const white = `stroke="#fff" stroke-width="1.3" fill="none"`;

/** Colors that color-blind people tell apart. @see Okabe and Ito (2008), "Color Universal Design" */
const looks: Readonly<Record<string, Look>> = {
  neutral: { color: "#c6ccd1", tile: 8, marks: "" },
  calm: { color: "#7cc4ee", tile: 8, marks: `<path d="M0 4H8" ${ink}/>` },
  happy: { color: "#f0e442", tile: 8, marks: `<circle cx="4" cy="4" r="1.5" fill="#14171a"/>` },
  sad: { color: "#0072b2", tile: 6, marks: `<path d="M3 0V6" ${white}/>` },
  angry: { color: "#e0641c", tile: 6, marks: `<path d="M-1 7L7-1M-1 1L1-1M5 7L7 5" ${ink}/>` },
  fearful: { color: "#cc79a7", tile: 8, marks: `<path d="M-1-1L9 9M-1 7L1 9M7-1L9 1" ${ink}/>` },
  disgust: { color: "#1fa67e", tile: 8, marks: `<path d="M0 0L8 8M8 0L0 8" ${ink}/>` },
  surprised: { color: "#e69f00", tile: 10, marks: `<circle cx="5" cy="5" r="2.8" ${ink}/>` },
};

/** Of labels beyond the eight emotions, in their order. */
const others: readonly Look[] = [
  { color: "#b8a1d9", tile: 8, marks: `<path d="M0 4H8M4 0V8" ${ink}/>` },
  { color: "#a6c96a", tile: 8, marks: `<path d="M0 6L4 2L8 6" ${ink}/>` },
  { color: "#d9b08c", tile: 8, marks: `<path d="M1 1H4V4H1Z" fill="#14171a"/>` },
  { color: "#8fb9aa", tile: 10, marks: `<path d="M5 2V8M2 5H8" ${ink}/>` },
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
      ([label, { color, tile, marks }]) =>
        `<pattern id="${this.#ids.get(label)}" width="${tile}" height="${tile}" patternUnits="userSpaceOnUse">` +
        `<rect width="${tile}" height="${tile}" fill="${color}"/>${marks}</pattern>`,
    );
    return html`<svg width="0" height="0" class="definitions" aria-hidden="true">
      <defs>${new Html(patterns.join(""))}</defs>
    </svg>`;
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

/** Returns a share as SVG takes it: `12.345%`. */
export const percentage = (share: number): string => `${Number((share * 100).toFixed(4))}%`;
