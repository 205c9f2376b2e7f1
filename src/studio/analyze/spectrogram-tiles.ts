import { signal } from "@preact/signals";
import { magmaAt } from "../../evaluation/charts/magma.ts";
import type { Recording } from "../state/recordings.ts";
import { engine } from "../worker/client.ts";
import type { Stretch } from "../worker/engine.ts";
import { detailPerSec, nMels, overviewPerSec, stepsPerDb } from "../worker/picture.ts";

/** Decibels below the loudest point of a recording that are seen: as in the models' spectrogram. */
const rangeDb = 80;

const detailSec = 10;
const mostTiles = 48;
const overviewTileSec = 600;

const palette = Array.from({ length: 256 }, (_, level) => magmaAt(level / 255));

/** A part of a spectrogram that is drawn. */
export interface Tile {
  readonly image: HTMLCanvasElement;
  readonly startSec: number;
  readonly endSec: number;
}

/** Raised when there are new tiles. */
export const tilesChanged = signal(0);

/** By recording, place and what they were made of, the latest used last. */
const tiles = new Map<string, Tile | null>();

function remember(key: string, tile: Tile | null): void {
  tiles.delete(key);
  tiles.set(key, tile);
  for (const oldest of tiles.keys()) {
    if (tiles.size <= mostTiles) return;
    tiles.delete(oldest);
  }
}

/** Returns the tiles of a time with a column for every tenth of a second. */
export function overviewTiles(recording: Recording, startSec: number, endSec: number): Tile[] {
  const { picture } = recording;
  const perTile = overviewTileSec * overviewPerSec;
  const found: Tile[] = [];
  const last = Math.min(Math.ceil(endSec / overviewTileSec), picture.columnCount / perTile);
  for (let n = Math.floor(startSec / overviewTileSec); n < last; n++) {
    const columns = picture.columns.subarray(n * perTile * nMels, (n + 1) * perTile * nMels);
    const key = `${recording.id} overview ${n} ${columns.length} ${picture.loudest}`;
    const known =
      tiles.get(key) ?? tileOf(columns, n * overviewTileSec, overviewPerSec, picture.loudest);
    remember(key, known);
    found.push(known);
  }
  return found;
}

/** Returns those tiles of a time with a column for every hundredth of a second that there are; others are computed. */
export function detailTiles(recording: Recording, startSec: number, endSec: number): Tile[] {
  const wav = recording.wav.value;
  if (wav === null) return [];
  const found: Tile[] = [];
  for (let n = Math.max(0, Math.floor(startSec / detailSec)); n * detailSec < endSec; n++) {
    const key = `${recording.id} detail ${n}`;
    const known = tiles.get(key);
    if (known) found.push(known);
    remember(key, known ?? null);
    if (known !== undefined) continue;
    const from = n * detailSec;
    const to = Math.min(from + detailSec, recording.durationSec);
    void computeDetail(recording, key, { startSec: from, endSec: to });
  }
  return found;
}

async function computeDetail(recording: Recording, key: string, stretch: Stretch): Promise<void> {
  const columns = await engine.detail(recording.wav.peek()!, stretch);
  remember(key, tileOf(columns, stretch.startSec, detailPerSec, recording.picture.loudest));
  tilesChanged.value++;
}

// oxlint-disable-next-line max-params -- what a picture is made of
function tileOf(
  columns: ArrayLike<number>,
  startSec: number,
  perSec: number,
  loudest: number,
): Tile {
  const width = Math.max(1, Math.floor(columns.length / nMels));
  const image = document.createElement("canvas");
  image.width = width;
  image.height = nMels;
  const pixels = new ImageData(width, nMels);
  const range = rangeDb * stepsPerDb;
  for (let at = 0; at < columns.length; at++) {
    const level = Math.max(0, Math.min(1, (columns[at]! - loudest + range) / range));
    const [red, green, blue] = palette[Math.round(level * 255)]!;
    const row = nMels - 1 - (at % nMels);
    pixels.data.set([red!, green!, blue!, 255], 4 * (row * width + Math.floor(at / nMels)));
  }
  image.getContext("2d")!.putImageData(pixels, 0, 0);
  return { image, startSec, endSec: startSec + width / perSec };
}
