import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ClipRow, CorpusDetails } from "../../server/api.ts";
import { api, spectrogramUrl, type ClipFilter } from "../api/client.ts";
import { PlayButton } from "../api/play-button.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import { strings } from "../strings.ts";

const texts = strings.corpora;

/** As many as the API sends by default. */
const pageSize = 100;

const everything: ClipFilter = { label: "", speaker: "", text: "", offset: 0 };

/** The clips of a corpus, filtered and a page at a time, each to hear and see. */
export function ClipTable({ corpus }: { readonly corpus: CorpusDetails }): JSX.Element {
  const [filter, setFilter] = useState(everything);
  const { data, problem } = useLoaded(
    () => api.clips(corpus.id, filter),
    JSON.stringify([corpus.id, filter]),
  );
  const change = (changes: Partial<ClipFilter>): void =>
    setFilter({ ...filter, offset: 0, ...changes });
  const { offset } = filter;
  const total = data?.total ?? 0;
  return (
    <section>
      <h3>{texts.clips}</h3>
      <div class="fields" role="search" aria-label={texts.filter}>
        <Choice
          id="filter-label"
          name={strings.local.label}
          counts={corpus.labels}
          value={filter.label}
          onChoose={(label) => change({ label })}
        />
        <Choice
          id="filter-speaker"
          name={strings.local.speaker}
          counts={corpus.speakers}
          value={filter.speaker}
          onChoose={(speaker) => change({ speaker })}
        />
        <div class="field">
          <label for="filter-text">{texts.search}</label>
          <input
            id="filter-text"
            type="search"
            value={filter.text}
            onInput={({ currentTarget }) => change({ text: currentTarget.value })}
          />
        </div>
      </div>
      {problem !== undefined && <p class="problem">{problem}</p>}
      <div class="tools">
        <span aria-live="polite">
          {texts.found(total)}
          {total > pageSize && `, ${texts.range(offset + 1, Math.min(total, offset + pageSize))}`}
        </span>
        {total > pageSize && (
          <>
            <button
              type="button"
              disabled={offset === 0}
              onClick={() => setFilter({ ...filter, offset: offset - pageSize })}
            >
              {texts.previous}
            </button>
            <button
              type="button"
              disabled={offset + pageSize >= total}
              onClick={() => setFilter({ ...filter, offset: offset + pageSize })}
            >
              {texts.next}
            </button>
          </>
        )}
      </div>
      <Rows corpusId={corpus.id} clips={data?.clips ?? []} />
    </section>
  );
}

interface RowsProps {
  readonly corpusId: string;
  readonly clips: readonly ClipRow[];
}

/** Columns that no clip of the page fills are left out. */
function Rows({ corpusId, clips }: RowsProps): JSX.Element {
  const columns = [
    ["label", strings.local.label],
    ["speakerId", strings.local.speaker],
    ["sex", texts.sex],
    ["split", texts.split],
    ["transcript", texts.transcript],
  ] as const;
  const filled = columns.filter(([key]) => clips.some((clip) => clip[key] !== undefined));
  return (
    <div class="wide scroll" tabIndex={0} role="region" aria-label={texts.clips}>
      <table class="cliptable">
        <thead>
          <tr>
            <th scope="col">{strings.local.play}</th>
            <th scope="col">{strings.local.clip}</th>
            {filled.map(([key, name]) => (
              <th key={key} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {clips.map((clip) => {
            const sound = { corpusId, clipId: clip.id };
            return (
              <tr key={clip.id}>
                <td class="sound">
                  <PlayButton sound={sound} name={clip.id} />
                  <img
                    src={spectrogramUrl(sound)}
                    alt={strings.local.spectrogram(clip.id)}
                    loading="lazy"
                  />
                </td>
                <th scope="row">
                  <code>{clip.id}</code>
                </th>
                {filled.map(([key]) => (
                  <td key={key}>{clip[key]}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface ChoiceProps {
  readonly id: string;
  readonly name: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly value: string;
  readonly onChoose: (value: string) => void;
}

function Choice({ id, name, counts, value, onChoose }: ChoiceProps): JSX.Element {
  const order = new Intl.Collator("en", { numeric: true });
  return (
    <div class="field">
      <label for={id}>{name}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        <option value="">{texts.all}</option>
        {Object.entries(counts)
          .toSorted(([a], [b]) => order.compare(a, b))
          .map(([each, count]) => (
            <option key={each} value={each}>
              {each} ({count})
            </option>
          ))}
      </select>
    </div>
  );
}
