import type { JSX, TargetedKeyboardEvent } from "preact";
import { useState } from "preact/hooks";
import type { Cell } from "../api/client.ts";
import { strings } from "../strings.ts";

const texts = strings.runs;

interface ConfusionMatrixProps {
  readonly labels: readonly string[];
  /** [true label][predicted label], clips */
  readonly matrix: readonly (readonly number[])[];
  readonly open: Cell | null;
  readonly onOpen: (cell: Cell) => void;
}

/** Steps to the next cell by key: down and to the right. */
const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** A confusion matrix whose cells are buttons: one stop of the tab key, arrow keys within. */
export function ConfusionMatrix({
  labels,
  matrix,
  open,
  onOpen,
}: ConfusionMatrixProps): JSX.Element {
  const [[row, column], setCurrent] = useState<readonly [number, number]>([0, 0]);
  const move = (event: TargetedKeyboardEvent<HTMLTableElement>): void => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const [nextRow, nextColumn] = [row + step[0], column + step[1]].map((place) =>
      Math.min(labels.length - 1, Math.max(0, place)),
    );
    const next = [nextRow!, nextColumn!] as const;
    setCurrent(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-cell="${next.join("-")}"]`)?.focus();
  };
  return (
    <div class="wide">
      <table class="confusion" onKeyDown={move}>
        <thead>
          <tr>
            <th scope="col">{texts.trueLabel}</th>
            {labels.map((label) => (
              <th key={label} scope="col">
                <span>{label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map((counts, actual) => (
            <tr key={labels[actual]}>
              <th scope="row">{labels[actual]}</th>
              {counts.map((clips, predicted) => {
                const cell = { actual: labels[actual]!, predicted: labels[predicted]! };
                const support = counts.reduce((sum, count) => sum + count, 0);
                return (
                  <td key={cell.predicted} class={actual === predicted ? "right" : ""}>
                    <button
                      type="button"
                      data-cell={`${actual}-${predicted}`}
                      tabIndex={actual === row && predicted === column ? 0 : -1}
                      aria-label={texts.cell(cell.actual, cell.predicted, clips)}
                      aria-pressed={
                        open?.actual === cell.actual && open.predicted === cell.predicted
                      }
                      style={{ "--share": clips / Math.max(1, support) }}
                      onFocus={() => setCurrent([actual, predicted])}
                      onClick={() => onOpen(cell)}
                    >
                      {clips === 0 ? "·" : clips}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
