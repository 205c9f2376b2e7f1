import {
  lineWidth,
  type EmotionPatterns,
  type Look,
} from "../../reports/recordings/emotion-patterns.ts";
import type { Surface } from "./time-canvas.tsx";

/** Height of a lane, and how far below one the next begins, in pixels. */
export const laneHeight = 24;
export const laneStep = 26;

/** Narrower boxes are plain and square: of a pattern nothing could be made out. */
const leastPattern = 8;

const hatchOut: Omit<Look, "ink"> = {
  color: "transparent",
  tile: 7,
  path: "M-1 8L8 -1M-2 2L2 -2M5 9L9 5",
};
const hatchDisagree: Look = {
  color: "rgb(255 255 255 / 85%)",
  tile: 6,
  path: "M-1 -1L7 7M-1 5L1 7M5 -1L7 1",
  ink: "#14171a",
};

/** A part of a surface, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Draws segments in lanes: one drawing of thousands scrolls where as many elements of a page would not. */
export class LaneBrush {
  readonly #patterns: EmotionPatterns;
  readonly #tiles = new Map<string, CanvasPattern>();

  constructor(patterns: EmotionPatterns) {
    this.#patterns = patterns;
  }

  /** Fills a box with the pattern of an emotion. */
  emotion(surface: Surface, box: Box, label: string): void {
    const look = this.#patterns.lookOf(label);
    this.#fill(surface, box, box.width < leastPattern ? look.color : this.#tile(surface, look));
  }

  /** Hatches a box in which no emotion is reported. */
  out(surface: Surface, box: Box): void {
    this.#fill(surface, box, this.#tile(surface, { ...hatchOut, ink: surface.color("hatch") }));
    if (box.width >= leastPattern) this.free(surface, box);
  }

  /** Hatches a box in which voice and words disagree. */
  disagree(surface: Surface, box: Box): void {
    this.#fill(surface, box, this.#tile(surface, hatchDisagree));
  }

  /** Outlines a box with dashes; a narrow one is a line. */
  free({ context, color }: Surface, { x, y, width, height }: Box): void {
    if (width < leastPattern) {
      context.fillStyle = color("hatch");
      context.fillRect(x, y + height / 2 - 1, width, 2);
      return;
    }
    context.strokeStyle = color("hatch");
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  }

  /** Fills a box from its corner on, so that a pattern moves with it. */
  #fill({ context }: Surface, { x, y, width, height }: Box, fill: string | CanvasPattern): void {
    context.fillStyle = fill;
    if (width < leastPattern) return context.fillRect(x, y, width, height);
    context.translate(x, y);
    context.beginPath();
    context.roundRect(0, 0, width, height, 3);
    context.fill();
    context.translate(-x, -y);
  }

  #tile({ context }: Surface, look: Look): CanvasPattern {
    const key = `${look.color} ${look.ink} ${look.path} ${devicePixelRatio}`;
    const tile = this.#tiles.get(key) ?? tileOf(context, look);
    this.#tiles.set(key, tile);
    return tile;
  }
}

function tileOf(context: CanvasRenderingContext2D, look: Look): CanvasPattern {
  const { color, tile, path, ink, isFilled = false } = look;
  const image = document.createElement("canvas");
  image.width = Math.round(tile * devicePixelRatio);
  image.height = image.width;
  const on = image.getContext("2d")!;
  on.scale(image.width / tile, image.width / tile);
  on.fillStyle = color;
  on.fillRect(0, 0, tile, tile);
  on.lineWidth = lineWidth;
  [on.fillStyle, on.strokeStyle] = [ink, ink];
  on[isFilled ? "fill" : "stroke"](new Path2D(path));
  const pattern = context.createPattern(image, "repeat")!;
  pattern.setTransform(new DOMMatrix().scale(tile / image.width));
  return pattern;
}
