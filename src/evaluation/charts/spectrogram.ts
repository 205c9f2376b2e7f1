import { encode } from "fast-png";
import { magmaAt } from "./magma.ts";

/** A log-mel spectrogram: `data` is [nMels, frames] row by row, the lowest band first. */
export interface LogMel {
  readonly data: Float32Array;
  readonly nMels: number;
  readonly frames: number;
}

/** Returns `spectrogramPng` as a `data:` URI. @throws RangeError as there */
export function spectrogramDataUri(logMel: LogMel): string {
  const bytes = Array.from(spectrogramPng(logMel), (byte) => String.fromCharCode(byte)).join("");
  return `data:image/png;base64,${btoa(bytes)}`;
}

/**
 * Returns a spectrogram as the bytes of a PNG, one pixel a band and frame, low bands at the bottom, from the 5th percentile
 * (darkest) to the peak (brightest).
 */
export function spectrogramPng({ data, nMels, frames }: LogMel): Uint8Array {
  if (data.length !== nMels * frames || data.length === 0) {
    throw new RangeError(
      `spectrogramPng: data must hold nMels × frames = ${nMels} × ${frames} values, got ${data.length}`,
    );
  }
  const sorted = data.toSorted();
  const floor = sorted[Math.floor(sorted.length / 20)]!;
  const range = sorted.at(-1)! - floor || 1;
  const pixels = new Uint8Array(data.length);
  for (let band = 0; band < nMels; band++) {
    for (let frame = 0; frame < frames; frame++) {
      const level = (data[band * frames + frame]! - floor) / range;
      pixels[(nMels - 1 - band) * frames + frame] = 255 * Math.min(1, Math.max(0, level));
    }
  }
  const palette = Array.from({ length: 256 }, (_, level) => magmaAt(level / 255));
  return encode({
    width: frames,
    height: nMels,
    data: pixels,
    depth: 8,
    channels: 1,
    palette,
  });
}
