import type { JSX } from "preact";
import { strings } from "../strings.ts";

const texts = strings.runs;

interface Props {
  readonly scores: { readonly clips: number; readonly speakers: number };
  readonly warnings: readonly string[];
}

/** What stands above the test scores of a run: what they are of, and what is doubtful about them. */
export function ScoresHeading({ scores, warnings }: Props): JSX.Element {
  return (
    <>
      <h2>{texts.scores}</h2>
      <p class="lead">{texts.clipsOf(scores.clips, scores.speakers)}</p>
      {warnings.map((warning) => (
        <p key={warning} class="problem">
          {warning}
        </p>
      ))}
    </>
  );
}
