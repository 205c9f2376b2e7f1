import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { SplitPlan } from "../../server/api.ts";
import { api } from "../api/client.ts";
import { useLoaded } from "../api/use-loaded.ts";
import { strings } from "../strings.ts";

const texts = strings.corpora;

/** As `--protocol` has them. */
const protocols = [
  "speaker-folds",
  "leave-one-speaker-out",
  "emobox",
  "luna-jimenez",
  "official",
  "random",
  "leave-one-corpus-out",
] as const;

type Splits = SplitPlan["speakers"][number]["splits"][number];

/** What a fold does with a speaker; the letter tells it without color. */
function roleOf(splits: Splits): { readonly name: keyof typeof letters; readonly label: string } {
  const used = (["train", "validation", "test"] as const).filter((split) => splits[split] > 0);
  const [first] = used;
  if (first === undefined) return { name: "unused", label: texts.unused };
  if (used.length > 1) return { name: "mixed", label: texts.mixed };
  return { name: first, label: texts.splitNames[first] };
}

const letters = { train: "", validation: "V", test: "T", mixed: "!", unused: "–" } as const;

/** Who is tested against whom under a protocol, as a picture: speakers by folds. */
export function SplitSection({ corpusId }: { readonly corpusId: string }): JSX.Element {
  const [protocol, setProtocol] = useState<string>("speaker-folds");
  const { data, problem } = useLoaded(
    () => api.splits(corpusId, protocol),
    `${corpusId} ${protocol}`,
  );
  return (
    <section>
      <h3>{texts.splits}</h3>
      <p class="lead">{texts.splitsLead}</p>
      <div class="field">
        <label for="protocol">{texts.protocol}</label>
        <select
          id="protocol"
          value={protocol}
          onChange={({ currentTarget }) => setProtocol(currentTarget.value)}
        >
          {protocols.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </div>
      {problem !== undefined && <p class="problem">{problem}</p>}
      {data && problem === undefined && <Picture plan={data} />}
    </section>
  );
}

function Picture({ plan }: { readonly plan: SplitPlan }): JSX.Element {
  const roles = ["train", "validation", "test", "mixed"] as const;
  const used = new Set(
    plan.speakers.flatMap(({ splits }) => splits.map((each) => roleOf(each).name)),
  );
  return (
    <>
      <ul class="split-legend">
        {roles
          .filter((role) => used.has(role))
          .map((role) => (
            <li key={role}>
              <span class={`split ${role}`}>{letters[role]}</span>{" "}
              {role === "mixed" ? texts.mixed : texts.splitNames[role]}
            </li>
          ))}
      </ul>
      <div class="wide scroll" tabIndex={0} role="region" aria-label={texts.splits}>
        <table class="splits">
          <thead>
            <tr>
              <th scope="col">{strings.local.speaker}</th>
              {plan.folds.map((fold) => (
                <th key={fold} scope="col" aria-label={texts.fold(fold)}>
                  {fold}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plan.speakers.map(({ speakerId, clips, splits }) => (
              <tr key={speakerId}>
                <th scope="row">
                  {speakerId} <small>{clips}</small>
                </th>
                {splits.map((each, index) => {
                  const { name, label } = roleOf(each);
                  return (
                    <td key={plan.folds[index]}>
                      <span class={`split ${name}`} title={label}>
                        <span aria-hidden="true">{letters[name]}</span>
                        <span class="hidden">{label}</span>
                      </span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
