import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { EmotionPatterns } from "../../reports/recordings/emotion-patterns.ts";
import type { Analysis } from "../../web/index.ts";
import { LabelLanes } from "../labels/label-lane.tsx";
import { LabelTools } from "../labels/label-tools.tsx";
import type { Recording } from "../state/recordings.ts";
import { trackWidth } from "../state/view.ts";
import { strings } from "../strings.ts";
import { Lanes, laneKinds, type LaneKind } from "./lanes.tsx";
import { Legend } from "./legend.tsx";
import { Markers } from "./markers.tsx";
import { Overview } from "./overview.tsx";
import { Spectrogram } from "./spectrogram.tsx";
import { TimeAxis } from "./time-axis.tsx";
import { onWheel, pointerHandlers } from "./pointer.ts";
import { labelsOf, voicesOf, type Voice } from "./voices.ts";
import { Waveform } from "./waveform.tsx";

const { timeline } = strings;

/** Waveform, spectrogram and lanes of the time that is seen. */
export function Timeline({ recording }: { readonly recording: Recording }): JSX.Element {
  const track = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = track.current!;
    const observer = new ResizeObserver(() => (trackWidth.value = element.clientWidth));
    observer.observe(element);
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => observer.disconnect();
  }, []);
  const analysis = recording.analysis.value;
  const voices = analysis === null ? [] : voicesOf(analysis);
  const areSplit = voices.some(({ channel }) => channel !== null);
  return (
    <section class="timeline" aria-label={timeline.title}>
      <Overview recording={recording} />
      <div class="track" ref={track}>
        <TimeAxis />
        <div class="sound" {...pointerHandlers}>
          {!areSplit && <Waveform recording={recording} height={72} />}
          <Spectrogram recording={recording} height={112} />
        </div>
        {analysis !== null && (
          <VoiceLanes recording={recording} analysis={analysis} voices={voices} />
        )}
        <Markers recording={recording} />
      </div>
      {analysis !== null && <LabelTools recording={recording} />}
      {analysis !== null && <Legend analysis={analysis} />}
    </section>
  );
}

interface VoiceProps {
  readonly recording: Recording;
  readonly analysis: Analysis;
  readonly voices: readonly Voice[];
}

function VoiceLanes({ recording, analysis, voices }: VoiceProps): JSX.Element {
  const labels = labelsOf(analysis);
  const kinds: readonly LaneKind[] = analysis.transcriber === null ? ["both"] : laneKinds;
  return (
    <>
      <Definitions patterns={new EmotionPatterns(labels)} />
      {voices.map(({ name, channel, segments }) => (
        <div class="voice" key={`${channel} ${name}`}>
          {voices.length > 1 && (
            <h2>
              <bdi>{name}</bdi>
            </h2>
          )}
          {channel !== null && (
            <div class="sound" {...pointerHandlers}>
              <Waveform recording={recording} channel={channel - 1} height={44} />
            </div>
          )}
          <div class="lane-group">
            <div class="lane-names" aria-hidden="true">
              {kinds.map((kind) => (
                <span key={kind}>{kinds.length === 1 ? timeline.voice : timeline[kind]}</span>
              ))}
            </div>
            <Lanes who={name} segments={segments} kinds={kinds} labels={labels} />
          </div>
          <LabelLanes recording={recording} speaker={segments[0]?.speaker ?? null} />
        </div>
      ))}
      {voices.length === 0 && <p class="muted">{strings.analyze.noSpeech}</p>}
    </>
  );
}

/** The patterns of the lanes: those of the emotions, and hatching for what is none. */
function Definitions({ patterns }: { readonly patterns: EmotionPatterns }): JSX.Element {
  return (
    <>
      <div dangerouslySetInnerHTML={{ __html: patterns.definitions().text }} />
      <svg width="0" height="0" class="definitions" aria-hidden="true">
        <defs>
          <pattern id="out" width="7" height="7" patternUnits="userSpaceOnUse">
            <path d="M-1 8L8 -1M-2 2L2 -2M5 9L9 5" class="hatch" />
          </pattern>
          <pattern id="disagree" width="6" height="6" patternUnits="userSpaceOnUse">
            <rect width="6" height="6" class="hatch-paper" />
            <path d="M-1 -1L7 7M-1 5L1 7M5 -1L7 1" class="hatch-ink" />
          </pattern>
        </defs>
      </svg>
    </>
  );
}
