import type { JSX } from "preact";
import type { Recording } from "../state/recordings.ts";
import { view } from "../state/view.ts";
import { strings } from "../strings.ts";
import { peaksPerSec } from "../worker/picture.ts";
import { TimeCanvas, type Surface } from "./time-canvas.tsx";

interface Props {
  readonly recording: Recording;
  /** From 0; all channels as one by default. */
  readonly channel?: number;
  readonly height: number;
}

/** The waveform of the time that is seen. */
export function Waveform({ recording, channel, height }: Props): JSX.Element {
  const { picture } = recording;
  return (
    <TimeCanvas
      class="waveform"
      label={strings.timeline.waveform}
      height={height}
      draw={(surface) => {
        void picture.durationSec.value;
        const all = picture.peaks;
        const peaks = channel === undefined ? all : all.slice(channel, channel + 1);
        drawPeaks(surface, peaks, { ...view.value, peak: picture.peak });
      }}
    />
  );
}

interface PeakRange {
  readonly startSec: number;
  readonly endSec: number;
  /** What fills the height. */
  readonly peak: number;
}

/** Draws the extremes of several channels over one another, a bar for each pixel. */
export function drawPeaks(
  { context, width, height, color }: Surface,
  channels: readonly ArrayLike<number>[],
  { startSec, endSec, peak }: PeakRange,
): void {
  const perPixel = ((endSec - startSec) * peaksPerSec) / width;
  const scale = (height / 2 - 2) / Math.max(8, peak);
  context.fillStyle = color("wave");
  for (let x = 0; x < width; x++) {
    const first = Math.floor(startSec * peaksPerSec + x * perPixel);
    const last = Math.max(first + 1, Math.floor(startSec * peaksPerSec + (x + 1) * perPixel));
    let [lowest, highest] = [0, 0];
    for (const peaks of channels) {
      for (let at = 2 * first; at < 2 * last && at < peaks.length; at += 2) {
        lowest = Math.min(lowest, peaks[at]!);
        highest = Math.max(highest, peaks[at + 1]!);
      }
    }
    if (highest === lowest) continue;
    context.fillRect(x, height / 2 - highest * scale, 1, Math.max(1, (highest - lowest) * scale));
  }
  context.fillStyle = color("line");
  context.fillRect(0, height / 2, width, 0.5);
}
