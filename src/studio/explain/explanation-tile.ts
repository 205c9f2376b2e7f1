import { hzToMel } from "../../audio/mel.ts";
import type { Tile } from "../analyze/spectrogram-tiles.ts";
import type { Recording } from "../state/recordings.ts";
import { sampleRate } from "../worker/open-file.ts";
import { explained } from "./explained.ts";
import type { VoiceExplanation } from "./explanation.ts";

/** Rows of the picture, over all frequencies of the spectrogram. */
const height = 128;

/** This share of all points is as strong as the scale goes: single ones would darken all others. */
const clippedShare = 0.02;

/** How dark what moved nothing is, 0 to 255. */
const darkness = 215;

/** What spoke against the emotion: no color of the spectrogram. */
const against = [64, 160, 255] as const;

let last: { readonly of: VoiceExplanation; readonly tile: Tile } | undefined;

/** Returns what lies over the spectrogram of a recording; `null` where nothing of it is explained. */
export function explanationTile({ id }: Recording): Tile | null {
  const now = explained.value;
  if (now?.is !== "done" || now.recordingId !== id) return null;
  const { voice } = now.explanation;
  if (last?.of !== voice) last = { of: voice, tile: tileOf(voice) };
  return last.tile;
}

function tileOf(voice: VoiceExplanation): Tile {
  const { columns, startSec, endSec } = voice;
  const levels = levelsOf(voice);
  const image = document.createElement("canvas");
  [image.width, image.height] = [columns, height];
  const pixels = new ImageData(columns, height);
  const rowOf = rowsByHeight(voice);
  for (let y = 0; y < height; y++) {
    for (let column = 0; column < columns; column++) {
      const level = rowOf[y] === undefined ? 0 : levels[column * voice.rows + rowOf[y]!]!;
      const color = against.map((value) => value * Math.max(0, -level));
      const alpha = darkness * (1 - Math.max(0, level));
      pixels.data.set([...color, alpha], 4 * (y * columns + column));
    }
  }
  image.getContext("2d")!.putImageData(pixels, 0, 0);
  return { image, startSec, endSec };
}

/** Returns the contributions, −1 to 1, smoothed over their neighbors. */
function levelsOf({ columns, rows, values }: VoiceExplanation): Float32Array {
  const smooth = rows === 1 ? values : smoothed(values, columns, rows);
  const sizes = smooth.map(Math.abs).toSorted();
  const most = sizes[Math.floor((1 - clippedShare) * (sizes.length - 1))]! || 1;
  return smooth.map((value) => Math.max(-1, Math.min(1, value / most)));
}

/** Points to each side that are averaged. */
const reach = { columns: 3, rows: 2 };

function smoothed(values: Float32Array, columns: number, rows: number): Float32Array {
  const result = new Float32Array(values.length);
  const at = (column: number, row: number): number =>
    column < 0 || column >= columns || row < 0 || row >= rows ? 0 : values[column * rows + row]!;
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let dc = -reach.columns; dc <= reach.columns; dc++) {
        for (let dr = -reach.rows; dr <= reach.rows; dr++) sum += at(column + dc, row + dr);
      }
      result[column * rows + row] = sum;
    }
  }
  return result;
}

const mel = (hz: number): number => hzToMel(hz, "slaney");

/** Returns which row each line of the picture shows, the highest frequency first. */
function rowsByHeight({ rows, fMin, fMax }: VoiceExplanation): (number | undefined)[] {
  const [lowest, span] = [mel(fMin), mel(fMax) - mel(fMin)];
  return Array.from({ length: height }, (_, y) => {
    const at = mel(sampleRate / 2) * (1 - (y + 0.5) / height);
    const row = Math.floor(((at - lowest) / span) * rows);
    return row >= 0 && row < rows ? row : undefined;
  });
}
