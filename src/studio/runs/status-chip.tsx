import type { JSX } from "preact";
import type { RunStatus } from "../../server/api.ts";
import { strings } from "../strings.ts";

const marks: Readonly<Record<RunStatus, string>> = { running: "●", finished: "✓", stopped: "■" };

/** The status of a run, by mark, color and word. */
export function StatusChip({ status }: { readonly status: RunStatus }): JSX.Element {
  return (
    <span class={`chip ${status}`}>
      <span aria-hidden="true">{marks[status]}</span> {strings.runs.status[status]}
    </span>
  );
}
