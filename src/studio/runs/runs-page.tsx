import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api/client.ts";
import { LocalPage } from "../api/local-page.tsx";
import { hash, partOf } from "../api/route.ts";
import { useLoaded } from "../api/use-loaded.ts";
import { strings } from "../strings.ts";
import { Comparison } from "./comparison.tsx";
import { RunList } from "./run-list.tsx";
import { RunView } from "./run-view.tsx";
import { TrainForm } from "./train-form.tsx";

const texts = strings.runs;

/** The runs on this machine: the list, or one of them. */
export function RunsPage(): JSX.Element {
  const runId = partOf(hash.value, "runs");
  return (
    <LocalPage>{runId === "" ? <Overview /> : <RunView key={runId} runId={runId} />}</LocalPage>
  );
}

/** The list is asked for again this often while a run of it trains. */
const refreshMs = 4000;

const orders = ["latest", "leaderboard"] as const;

function Overview(): JSX.Element {
  const [order, setOrder] = useState<(typeof orders)[number]>("latest");
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [compared, setCompared] = useState<readonly string[]>([]);
  const facts = useLoaded(api.studio, "");
  const [asked, setAsked] = useState(0);
  const { data, problem } = useLoaded(api.runs, String(asked));
  const isAnyRunning = data?.some(({ status }) => status === "running");
  useEffect(() => {
    if (!isAnyRunning) return undefined;
    const timer = setInterval(() => setAsked((count) => count + 1), refreshMs);
    return () => clearInterval(timer);
  }, [isAnyRunning]);
  const select = (runId: string, isSelected: boolean): void => {
    const next = new Set(selected);
    if (isSelected) next.add(runId);
    else next.delete(runId);
    setSelected(next);
  };
  return (
    <article class="local">
      <h1>{texts.title}</h1>
      {facts.data && <p class="lead">{texts.lead(facts.data.runsFolder)}</p>}
      <details>
        <summary>{texts.train}</summary>
        <TrainForm />
      </details>
      {problem !== undefined && <p class="problem">{problem}</p>}
      {!data && problem === undefined && <p class="lead">{strings.local.loading}</p>}
      {data?.length === 0 && <p>{texts.none}</p>}
      {data && data.length > 0 && (
        <>
          <div class="tools">
            <fieldset class="switch">
              <legend class="hidden">{texts.order}</legend>
              {orders.map((each) => (
                <label key={each}>
                  <input
                    type="radio"
                    name="order"
                    checked={order === each}
                    onChange={() => setOrder(each)}
                  />
                  {texts[each]}
                </label>
              ))}
            </fieldset>
            <button
              type="button"
              disabled={selected.size < 2}
              onClick={() => setCompared([...selected])}
            >
              {selected.size < 2 ? texts.compareHint : texts.compare(selected.size)}
            </button>
          </div>
          {compared.length > 0 && <Comparison runIds={compared} />}
          <RunList runs={data} order={order} selected={selected} onSelect={select} />
        </>
      )}
    </article>
  );
}
