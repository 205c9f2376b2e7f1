import type { JSX } from "preact";
import type { CorpusRow } from "../../server/api.ts";
import { api } from "../api/client.ts";
import { LocalPage } from "../api/local-page.tsx";
import { hash, hashOf, partOf } from "../api/route.ts";
import { useLoaded } from "../api/use-loaded.ts";
import { strings } from "../strings.ts";
import { CheckSection } from "./check-section.tsx";
import { ClipTable } from "./clip-table.tsx";
import { SplitSection } from "./split-section.tsx";

const texts = strings.corpora;

/** The corpora on this machine: their clips, what is wrong with them, and their splits. */
export function CorporaPage(): JSX.Element {
  return (
    <LocalPage>
      <Corpora />
    </LocalPage>
  );
}

function Corpora(): JSX.Element {
  const { data, problem } = useLoaded(api.corpora, "");
  const asked = partOf(hash.value, "corpora");
  const chosen = data?.find(({ id }) => id === asked) ?? data?.[0];
  return (
    <article class="local">
      <h1>{texts.title}</h1>
      {problem !== undefined && <p class="problem">{problem}</p>}
      {!data && problem === undefined && <p class="lead">{strings.local.loading}</p>}
      {data?.length === 0 && <p>{texts.none}</p>}
      {data && chosen && (
        <>
          <div class="field">
            <label for="corpus">{texts.choose}</label>
            <select
              id="corpus"
              value={chosen.id}
              onChange={({ currentTarget }) => {
                location.hash = hashOf("corpora", currentTarget.value);
              }}
            >
              {data.map(({ id, path }) => (
                <option key={id} value={id}>
                  {path}
                </option>
              ))}
            </select>
          </div>
          <Corpus key={chosen.id} row={chosen} />
        </>
      )}
    </article>
  );
}

function Corpus({ row: { id } }: { readonly row: CorpusRow }): JSX.Element {
  const { data, problem } = useLoaded(() => api.corpus(id), id);
  if (problem !== undefined) return <p class="problem">{problem}</p>;
  if (!data) return <p class="lead">{strings.local.loading}</p>;
  return (
    <>
      <h2>{data.corpus}</h2>
      <p class="lead">{texts.counts(data.clips, Object.keys(data.speakers).length)}</p>
      {data.leftOut.map(({ reason, count }) => (
        <p key={reason} class="lead">
          {texts.leftOut(count, reason)}
        </p>
      ))}
      {data.warnings.map((warning) => (
        <p key={warning} class="problem">
          {warning}
        </p>
      ))}
      <ClipTable corpus={data} />
      <CheckSection corpusId={id} />
      <SplitSection corpusId={id} />
    </>
  );
}
