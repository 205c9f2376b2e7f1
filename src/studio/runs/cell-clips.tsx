import type { JSX } from "preact";
import { percent } from "../../evaluation/metrics.ts";
import { api, spectrogramUrl, type Cell } from "../api/client.ts";
import { PlayButton } from "../api/play-button.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import { strings } from "../strings.ts";

const texts = strings.runs;

/** A cell can hold hundreds; the first ones have the highest confidence. */
const shownClips = 50;

/** The clips of a cell of the confusion matrix, the most confident first, to hear and see. */
export function CellClips({
  runId,
  cell,
}: {
  readonly runId: string;
  readonly cell: Cell;
}): JSX.Element {
  const { data, problem } = useLoaded(
    () => api.cellClips(runId, cell),
    `${runId} ${cell.actual} ${cell.predicted}`,
  );
  const clips = data?.slice(0, shownClips) ?? [];
  return (
    <section class="cell" aria-live="polite">
      <h3>{data ? texts.cell(cell.actual, cell.predicted, data.length) : strings.local.loading}</h3>
      {problem !== undefined && <p class="problem">{problem}</p>}
      {clips.length > 0 && clips.every(({ sound }) => !sound) && (
        <p class="lead">{texts.noSound}</p>
      )}
      <ul class="clips">
        {clips.map(({ id, speakerId, fold, confidence, sound }) => (
          <li key={id}>
            {sound && <PlayButton sound={sound} name={id} />}
            {sound && (
              <img src={spectrogramUrl(sound)} alt={strings.local.spectrogram(id)} loading="lazy" />
            )}
            <span>
              <b>{percent(confidence)} %</b> {strings.local.speaker} {speakerId}, {texts.fold(fold)}
              <code>{id}</code>
            </span>
          </li>
        ))}
      </ul>
      {data && data.length > shownClips && (
        <p class="lead">{texts.more(data.length - shownClips)}</p>
      )}
    </section>
  );
}
