import type { JSX } from "preact";
import { predictedLabel } from "../../evaluation/prediction.ts";
import { download } from "../exports/download.ts";
import { sentenceOf } from "../sentences.ts";
import { strings } from "../strings.ts";
import { engine } from "../worker/client.ts";
import type { TaughtModel } from "./taught-model.ts";
import { teaching } from "./teaching.ts";

const texts = strings.teach;

interface Props {
  readonly model: TaughtModel;
}

/** A taught model: how well it does, what it is wrong about, and its file. */
export function TaughtResult({ model }: Props): JSX.Element {
  return (
    <section class="card" aria-label={texts.result}>
      <h2>
        {texts.result}: {model.name}
      </h2>
      <Score model={model} />
      <div class="buttons">
        <button type="button" class="main" onClick={() => void teaching.use()}>
          {texts.use}
        </button>
        <button
          type="button"
          onClick={() => download(new Blob([model.bytes]), `${model.name}.onnx`)}
        >
          {texts.download}
        </button>
        {model.kind === "linear-probe" && (
          <button type="button" onClick={() => void saveWhole(model)}>
            {texts.downloadWhole}
          </button>
        )}
      </div>
      <p class="muted">{texts.command(model.name)}</p>
      <Clips model={model} />
    </section>
  );
}

async function saveWhole({ name }: TaughtModel): Promise<void> {
  try {
    const bytes = await engine.teach.selfContained(document.baseURI);
    download(new Blob([Uint8Array.from(bytes)]), `${name}-with-encoder.onnx`);
  } catch (error) {
    teaching.problem.value = sentenceOf(error);
  }
}

function Score({ model: { score, tooFew, labels } }: Props): JSX.Element {
  if (score === null) {
    return (
      <p class="score">
        <strong>{texts.tooFew}</strong> {tooFew && texts.why[tooFew.what](tooFew)}
      </p>
    );
  }
  const { value, low, high } = score.uar;
  return (
    <>
      <p class="score">
        <strong>{texts.uar(value)}</strong>{" "}
        {low !== undefined && high !== undefined ? texts.interval(low, high) : texts.noInterval}{" "}
        {texts.heldOut[score.by](score.groups, score.clips)}
      </p>
      <div class="scroll">
        <table class="confusion">
          <caption>{texts.confusion}</caption>
          <thead>
            <tr>
              <td />
              {labels.map((label) => (
                <th key={label} scope="col">
                  <bdi>{label}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {score.confusion.map((row, index) => (
              <tr key={labels[index]}>
                <th scope="row">
                  <bdi>{labels[index]}</bdi>
                </th>
                {row.map((count, predicted) => (
                  <td
                    key={labels[predicted]}
                    class={predicted === index ? "right" : count > 0 ? "wrong" : undefined}
                  >
                    {count}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What was predicted of each clip, the wrong ones first: by a model without it, and by the result. */
function Clips({ model: { clips, labels } }: Props): JSX.Element {
  const names = new Map(teaching.clips.value.map((clip) => [clip.id, clip]));
  const of = (row: readonly number[]): string => {
    const label = predictedLabel(row);
    return `${labels[label]} ${Math.round(100 * row[label]!)} %`;
  };
  const isWrong = ({ heldOut, predicted, label }: (typeof clips)[number]): boolean =>
    predictedLabel(heldOut ?? predicted) !== label;
  const sorted = clips.toSorted((a, b) => Number(isWrong(b)) - Number(isWrong(a)));
  return (
    <details>
      <summary>{texts.clipsOf(clips.length)}</summary>
      <div class="scroll">
        <table class="classes">
          <thead>
            <tr>
              <th scope="col">{texts.clip}</th>
              <th scope="col">{texts.label}</th>
              <th scope="col">{texts.heldOutPrediction}</th>
              <th scope="col">{texts.prediction}</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((clip) => (
              <tr key={clip.id} class={isWrong(clip) ? "wrong" : undefined}>
                <td>
                  <bdi>{names.get(clip.id)?.recording ?? clip.id.slice(0, 8)}</bdi>
                </td>
                <td>{labels[clip.label]}</td>
                <td>{clip.heldOut ? of(clip.heldOut) : ""}</td>
                <td>{of(clip.predicted)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
