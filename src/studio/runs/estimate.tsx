import type { JSX } from "preact";
import type { Estimate } from "../../evaluation/bootstrap.ts";
import { strings } from "../strings.ts";

interface EstimateProps {
  readonly estimate: Estimate;
  readonly format: (value: number) => string;
  /** The ends of the axis. */
  readonly from: number;
  readonly to: number;
}

/** A score as its number, and as a dot with its interval on an axis; a line marks 0 where the axis has it inside. */
export function EstimateBar({ estimate, format, from, to }: EstimateProps): JSX.Element {
  const { value, low, high } = estimate;
  const at = (score: number): string =>
    `${(100 * Math.min(1, Math.max(0, (score - from) / (to - from)))).toFixed(2)}%`;
  const hasInterval = low !== undefined && high !== undefined;
  const interval = hasInterval
    ? strings.runs.interval(format(low), format(high))
    : strings.runs.noInterval;
  return (
    <span class="estimate" title={interval}>
      <b>{format(value)}</b>
      <svg aria-hidden="true">
        <line x1="0" x2="100%" y1="50%" y2="50%" class="axis" />
        {from < 0 && to > 0 && <line x1={at(0)} x2={at(0)} y1="10%" y2="90%" class="zero" />}
        {hasInterval && <line x1={at(low)} x2={at(high)} y1="50%" y2="50%" class="interval" />}
        <circle cx={at(value)} cy="50%" r="3.5" />
      </svg>
      <small>{hasInterval ? `${format(low)} – ${format(high)}` : ""}</small>
    </span>
  );
}
