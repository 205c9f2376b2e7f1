import type { JSX } from "preact";
import { EmotionPatterns } from "../../reports/recordings/emotion-patterns.ts";
import { clock } from "../../shared/clock.ts";
import type { Recording } from "../state/recordings.ts";
import { strings } from "../strings.ts";
import { Swatch } from "./legend.tsx";
import { inspected } from "./segment-cursor.ts";

const { inspector } = strings;

/** The probabilities of the segment that a person points at, or that is playing. */
export function Inspector({ recording }: { readonly recording: Recording }): JSX.Element {
  const segment = inspected.value;
  const analysis = recording.analysis.value;
  if (segment === null || analysis === null) {
    return (
      <aside class="inspector" aria-label={inspector.title}>
        <h2>{inspector.title}</h2>
        <p class="muted">{inspector.none}</p>
        <Keys />
      </aside>
    );
  }
  const { startSec, endSec, voice, words, probabilities, abstained, disagree } = segment;
  const channels = [
    ...(words === null ? [] : [[inspector.words, words.probabilities] as const]),
    ...(words === null || voice === null ? [] : [[inspector.voice, voice.probabilities] as const]),
    [words === null ? inspector.voice : inspector.both, probabilities ?? {}] as const,
  ].toReversed();
  return (
    <aside class="inspector" aria-label={inspector.title}>
      <h2>
        {clock(startSec)} – {clock(endSec)}
        {segment.speaker !== null && (
          <>
            {" "}
            · <bdi>{segment.speaker}</bdi>
          </>
        )}
      </h2>
      {abstained !== null && <p class="note">{inspector.abstained[abstained]}</p>}
      {disagree && voice && words && (
        <p class="note">{inspector.disagree(voice.emotion, words.emotion)}</p>
      )}
      <Bars channels={channels} labels={Object.keys(analysis.summary.shares)} />
      <dl class="facts">
        {segment.intensity !== null && (
          <Fact name={inspector.intensity} share={segment.intensity} />
        )}
        {segment.oodScore !== null && <Fact name={inspector.ood} share={segment.oodScore} />}
        {words !== null && <Fact name={inspector.confidence} share={words.transcriptConfidence} />}
      </dl>
      <Keys />
    </aside>
  );
}

interface BarsProps {
  readonly channels: readonly (readonly [name: string, Readonly<Record<string, number>>])[];
  readonly labels: readonly string[];
}

/** A row for each emotion, a bar for each channel. */
function Bars({ channels, labels }: BarsProps): JSX.Element {
  const patterns = new EmotionPatterns(labels);
  const [, main] = channels[0]!;
  const sorted = labels.toSorted((a, b) => (main[b] ?? 0) - (main[a] ?? 0));
  return (
    <table class="bars">
      <thead>
        <tr>
          <th scope="col">
            <span class="hidden">{strings.timeline.legend}</span>
          </th>
          {channels.map(([name]) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sorted.map((label) => (
          <tr key={label}>
            <th scope="row">
              <Swatch fill={patterns.fillOf(label)} /> {label}
            </th>
            {channels.map(([name, of]) => (
              <td key={name}>
                <svg class="bar" aria-hidden="true">
                  <rect
                    width={`${100 * (of[label] ?? 0)}%`}
                    height="100%"
                    fill={patterns.fillOf(label)}
                  />
                </svg>
                <span>{Math.round(100 * (of[label] ?? 0))} %</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Fact({ name, share }: { readonly name: string; readonly share: number }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{Math.round(100 * share)} %</dd>
    </div>
  );
}

function Keys(): JSX.Element {
  return (
    <details class="keys">
      <summary>{strings.player.keysTitle}</summary>
      <dl>
        {strings.player.keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
