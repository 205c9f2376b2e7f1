import { signal } from "@preact/signals";
import { magmaAt } from "../../evaluation/charts/magma.ts";
import type { Recording } from "../state/recordings.ts";
import { engine } from "../worker/client.ts";
import type { Stretch } from "../worker/engine.ts";
import { detailPerSec, nMels, overviewPerSec, stepsPerDb } from "../worker/picture.ts";

/** Decibels below the loudest point of a recording that are seen: as in the models' spectrogram. */
const rangeDb = 80;

const detailSec = 10;
const overviewSec = 600;

/** A tile of ten seconds takes half a megabyte. */
const mostDetails = 48;

/** A part of a spectrogram that is drawn. */
export interface Tile extends Stretch {
  readonly image: HTMLCanvasElement;
}

/** Raised when there are new tiles. */
export const tilesChanged = signal(0);

/** Of the recording that was drawn last, by number, each with how much it was made of. */
const overviews: { id: string; tiles: (Tile & { readonly madeOf: string })[] } = {
  id: "",
  tiles: [],
};

/** By recording and number, those used last at the end; `null` while one is computed. */
const details = new Map<string, Tile | null>();

/** Returns the tiles of a time with a column for every tenth of a second. */
export function overviewTiles(recording: Recording, { startSec, endSec }: Stretch): Tile[] {
  const { id, picture } = recording;
  if (overviews.id !== id) Object.assign(overviews, { id, tiles: [] });
  const { tiles } = overviews;
  const perTile = overviewSec * overviewPerSec;
  const last = Math.min(Math.ceil(endSec / overviewSec), Math.ceil(picture.columnCount / perTile));
  const first = Math.max(0, Math.floor(startSec / overviewSec));
  return Array.from({ length: Math.max(0, last - first) }, (_, index) => {
    const n = first + index;
    const columns = picture.columns.subarray(n * perTile * nMels, (n + 1) * perTile * nMels);
    const madeOf = `${columns.length} ${picture.loudest}`;
    const known = tiles[n];
    if (known?.madeOf === madeOf) return known;
    const image = imageOf(columns, picture.loudest);
    const from = n * overviewSec;
    tiles[n] = { madeOf, image, startSec: from, endSec: from + image.width / overviewPerSec };
    return tiles[n];
  });
}

/** Returns those tiles of a time with a column for every hundredth of a second that there are; others are computed. */
export function detailTiles(recording: Recording, { startSec, endSec }: Stretch): Tile[] {
  const wav = recording.wav.value;
  if (wav === null) return [];
  const found: Tile[] = [];
  for (let n = Math.max(0, Math.floor(startSec / detailSec)); n * detailSec < endSec; n++) {
    const key = `${recording.id} ${n}`;
    const known = details.get(key);
    if (known) found.push(known);
    keep(key, known ?? null);
    const from = n * detailSec;
    const stretch = { startSec: from, endSec: Math.min(from + detailSec, recording.durationSec) };
    if (known === undefined) void computeDetail(recording, key, stretch);
  }
  return found;
}

function keep(key: string, tile: Tile | null): void {
  details.delete(key);
  details.set(key, tile);
  for (const oldest of details.keys()) {
    if (details.size <= mostDetails) return;
    details.delete(oldest);
  }
}

async function computeDetail(recording: Recording, key: string, stretch: Stretch): Promise<void> {
  const columns = await engine.detail(recording.wav.peek()!, stretch);
  const image = imageOf(columns, recording.picture.loudest);
  const { startSec } = stretch;
  keep(key, { image, startSec, endSec: startSec + image.width / detailPerSec });
  tilesChanged.value++;
}

/** Returns a picture of columns [columns, bands], the lowest band at its foot. */
function imageOf(columns: ArrayLike<number>, loudest: number): HTMLCanvasElement {
  const width = Math.max(1, Math.floor(columns.length / nMels));
  const image = document.createElement("canvas");
  image.width = width;
  image.height = nMels;
  const pixels = new ImageData(width, nMels);
  const words = new Uint32Array(pixels.data.buffer);
  const palette = paletteOf(loudest);
  for (let at = 0; at < width * nMels; at++) {
    words[(nMels - 1 - (at % nMels)) * width + Math.floor(at / nMels)] = palette[columns[at]!]!;
  }
  image.getContext("2d")!.putImageData(pixels, 0, 0);
  return image;
}

/** Returns the pixel of each value. */
function paletteOf(loudest: number): Uint32Array {
  const range = rangeDb * stepsPerDb;
  const colors = Array.from({ length: 256 }, (_, value) => {
    const level = Math.max(0, Math.min(1, (value - loudest + range) / range));
    return [...magmaAt(level), 255];
  });
  return new Uint32Array(Uint8Array.from(colors.flat()).buffer);
}
