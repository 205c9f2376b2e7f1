import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ModelProblem } from "../models/model-picker.tsx";
import { current, recordings } from "../state/recordings.ts";
import { strings } from "../strings.ts";
import { Controls } from "./controls.tsx";
import { DropArea, DropZone, openProblem } from "./drop-zone.tsx";
import { onKey } from "./keys.ts";
import { Inspector } from "./inspector.tsx";
import { RecorderPanel, isRecorderOpen } from "./recorder.tsx";
import { RecordingList } from "./recording-list.tsx";
import { Timeline } from "./timeline.tsx";
import { Transcript } from "./transcript.tsx";

export function AnalyzePage(): JSX.Element {
  const recording = current.value;
  useEffect(() => {
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <DropArea>
      <ModelProblem />
      {openProblem.value !== null && (
        <p class="banner" role="alert">
          {openProblem.value}
        </p>
      )}
      {recording === null && !isRecorderOpen.value ? (
        <DropZone />
      ) : (
        <div class="work">
          {recordings.value.length > 0 && <RecordingList />}
          <div class="desk">
            {isRecorderOpen.value && <RecorderPanel />}
            {recording !== null && (
              <>
                <Controls recording={recording} />
                <Timeline key={recording.id} recording={recording} />
                <div class="below">
                  <Transcript recording={recording} />
                  <Inspector recording={recording} />
                </div>
              </>
            )}
          </div>
        </div>
      )}
      {recording === null && <p class="hidden">{strings.analyze.drop}</p>}
    </DropArea>
  );
}
