import type { JSX } from "preact";
import type { Recording } from "../state/recordings.ts";
import { explanationTile } from "../explain/explanation-tile.ts";
import { view } from "../state/view.ts";
import { strings } from "../strings.ts";
import { detailTiles, overviewTiles, tilesChanged, type Tile } from "./spectrogram-tiles.ts";
import { TimeCanvas, type Surface } from "./time-canvas.tsx";

/** Longer times are drawn from a column for every tenth of a second. */
const mostDetailedSec = 120;

interface Props {
  readonly recording: Recording;
  readonly height: number;
}

/** The mel spectrogram of the time that is seen. */
export function Spectrogram({ recording, height }: Props): JSX.Element {
  const draw = (surface: Surface): void => {
    void recording.picture.durationSec.value;
    void tilesChanged.value;
    const { startSec, endSec } = view.value;
    const seen = { startSec, endSec };
    const { context, width, color } = surface;
    context.fillStyle = color("spectrogram");
    context.fillRect(0, 0, width, height);
    const place = (tiles: readonly Tile[]): void => {
      for (const tile of tiles) {
        const x = ((tile.startSec - startSec) / (endSec - startSec)) * width;
        const right = ((tile.endSec - startSec) / (endSec - startSec)) * width;
        context.drawImage(tile.image, x, 0, right - x, height);
      }
    };
    place(overviewTiles(recording, seen));
    if (endSec - startSec <= mostDetailedSec) place(detailTiles(recording, seen));
    const tile = explanationTile(recording);
    if (tile !== null) place([tile]);
  };
  return (
    <TimeCanvas
      class="spectrogram"
      label={strings.timeline.spectrogram}
      height={height}
      draw={draw}
    />
  );
}
