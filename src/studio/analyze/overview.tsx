import type { JSX } from "preact";
import { trackWidth, pan, show, view } from "../state/view.ts";
import type { Recording } from "../state/recordings.ts";
import { strings } from "../strings.ts";
import { TimeCanvas } from "./time-canvas.tsx";
import { drawPeaks } from "./waveform.tsx";

const height = 32;

/** The whole recording, with a window over what is seen, which can be moved. */
export function Overview({ recording }: { readonly recording: Recording }): JSX.Element {
  const { picture } = recording;
  const durationSec = Math.max(0.5, recording.durationSec);
  const { startSec, endSec } = view.value;
  const span = endSec - startSec;
  const width = trackWidth.value;
  const moveTo = (event: PointerEvent & { readonly currentTarget: Element }): void => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const middle = ((event.clientX - left) / width) * durationSec;
    show({ startSec: middle - span / 2, endSec: middle + span / 2 });
  };
  return (
    <div
      class="overview"
      role="slider"
      tabIndex={0}
      aria-label={strings.timeline.overview}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationSec - span)}
      aria-valuenow={Math.round(startSec)}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by === undefined) return;
        pan((by * span) / 4);
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        moveTo(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) moveTo(event);
      }}
    >
      <TimeCanvas
        label={strings.timeline.waveform}
        height={height}
        draw={(surface) => {
          const all = picture.durationSec.value;
          drawPeaks(surface, picture.peaks, { startSec: 0, endSec: all, peak: picture.peak });
        }}
      />
      <div
        class="window"
        style={{
          left: `${(startSec / durationSec) * width}px`,
          width: `${Math.min(1, span / durationSec) * width}px`,
        }}
      />
    </div>
  );
}
