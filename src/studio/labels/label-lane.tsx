import type { JSX } from "preact";
import { computed, type ReadonlySignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { LaneBrush, laneHeight } from "../analyze/lane-brush.ts";
import { placed } from "../analyze/lane-boxes.ts";
import { TimeCanvas, type Surface } from "../analyze/time-canvas.tsx";
import type { Recording } from "../state/recordings.ts";
import { strings } from "../strings.ts";
import { columnOf } from "./edits.ts";
import { labelPatterns } from "./label-patterns.ts";
import { labeler } from "./label-settings.ts";
import { OwnLane } from "./own-lane.tsx";
import { labels } from "./page-labels.ts";

const texts = strings.labels;

interface Props {
  readonly recording: Recording;
  /** `null` where speakers are not told apart. */
  readonly speaker: string | null;
}

/** People's labels of a speaker under the model's: a lane for each person, of which one's own can be changed. */
export function LabelLanes({ recording, speaker }: Props): JSX.Element {
  const { id } = recording;
  const all = labels.of(id).value;
  const brush = useMemo(
    () => computed(() => new LaneBrush(labelPatterns(labels.of(id).value))),
    [id],
  );
  const me = labeler.value;
  const others = [...new Set(all.map(({ by }) => by))].filter((by) => by !== me);
  return (
    <section class="lane-group labels" aria-label={texts.of(speaker)}>
      <div class="lane-names">
        {[me, ...others].map((by) => (
          <span key={by} title={by}>
            <bdi>{by}</bdi>
          </span>
        ))}
      </div>
      <OwnLane recording={recording} speaker={speaker} brush={brush} />
      {others.map((by) => (
        <div key={by} class="label-lane">
          <TimeCanvas
            label={texts.lane(by, speaker)}
            height={laneHeight}
            draw={(surface) => drawColumn({ surface, brush, by, speaker }, id)}
          />
        </div>
      ))}
    </section>
  );
}

interface Column {
  readonly surface: Surface;
  readonly brush: ReadonlySignal<LaneBrush>;
  readonly by: string;
  readonly speaker: string | null;
}

function drawColumn({ surface, brush, by, speaker }: Column, recordingId: string): void {
  for (const { span, x, width } of placed(
    columnOf(labels.of(recordingId).value, { by, speaker }),
  )) {
    if (span.label !== null) {
      brush.value.emotion(surface, { x, y: 0, width, height: laneHeight }, span.label);
    }
  }
}
