import type { JSX } from "preact";
import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { EmotionPatterns } from "../../reports/recordings/emotion-patterns.ts";
import { clock } from "../../shared/clock.ts";
import type { Segment } from "../../web/index.ts";
import { explain, explained } from "../explain/explained.ts";
import type { WordExplanation } from "../explain/explanation.ts";
import { Reasons } from "../explain/reasons.tsx";
import { isPlaying, playFrom } from "../state/playback.ts";
import { playheadSec, type Recording } from "../state/recordings.ts";
import { strings } from "../strings.ts";
import { Swatch } from "./legend.tsx";
import { played, pointed, spoken } from "./segment-cursor.ts";
import { wordTimes } from "./word-times.ts";

/** Lines that the browser lays out only where they are seen, all together: each one apart would cost it something every frame. */
const partLength = 40;

/** What was said, each segment with its emotion; words play on a click and light up while they do. */
export function Transcript({ recording }: { readonly recording: Recording }): JSX.Element | null {
  const list = useRef<HTMLDivElement>(null);
  useSignalEffect(() => lightUp(list.current));
  const analysis = recording.analysis.value;
  if (analysis === null) return null;
  const patterns = new EmotionPatterns(Object.keys(analysis.summary.shares));
  const hasWords = analysis.transcriber !== null;
  const parts = Array.from({ length: Math.ceil(spoken.value.length / partLength) }, (_, part) =>
    spoken.value.slice(part * partLength, (part + 1) * partLength),
  );
  return (
    <section class="transcript">
      <h2>{hasWords ? strings.transcript.title : strings.transcript.segments}</h2>
      {spoken.value.length === 0 && <p class="muted">{strings.analyze.noSpeech}</p>}
      <div class="lines" ref={list}>
        {parts.map((lines, part) => (
          <ol key={part} start={part * partLength + 1}>
            {lines.map((segment, n) => (
              <Line key={n} recording={recording} segment={segment} patterns={patterns} />
            ))}
          </ol>
        ))}
      </div>
      <p class="muted">{hasWords ? strings.transcript.estimated : strings.transcript.noWords}</p>
    </section>
  );
}

interface LineProps {
  readonly recording: Recording;
  readonly segment: Segment;
  readonly patterns: EmotionPatterns;
}

function Line({ recording, segment, patterns }: LineProps): JSX.Element {
  const { startSec, endSec, speaker, emotion, confidence, abstained, disagree, language } = segment;
  const why = explained.value?.segment === segment ? explained.value : null;
  const effects = why?.is === "done" ? why.explanation.words : null;
  return (
    <li onMouseEnter={() => (pointed.value = segment)} onMouseLeave={() => (pointed.value = null)}>
      <button
        type="button"
        class="plain time"
        aria-label={strings.transcript.playFrom(clock(startSec))}
        onClick={() => playFrom(startSec, endSec)}
      >
        {clock(startSec)}
      </button>
      <span class="emotion">
        {abstained === null ? (
          <>
            <Swatch fill={patterns.fillOf(emotion!)} /> {emotion}{" "}
            <small>{Math.round(100 * (confidence ?? 0))} %</small>
          </>
        ) : (
          <>
            <Swatch fill="url(#out)" isOut />{" "}
            {abstained === "unsure" ? strings.timeline.unsure : strings.timeline.outOfDistribution}
          </>
        )}
        {disagree && abstained === null && (
          <span class="disagree" title={strings.timeline.disagree}>
            <Swatch fill="url(#disagree)" />
            <span class="hidden">{strings.timeline.disagree}</span>
          </span>
        )}
      </span>
      {speaker !== null && <bdi class="speaker">{speaker}</bdi>}
      <p dir="auto" lang={language ?? undefined}>
        {wordTimes(segment).map((word, n) => (
          <span
            key={n}
            class={`word ${effects ? changeOf(effects, n) : ""}`}
            style={effects ? { "--effect": `${effectOf(effects, n)}` } : {}}
            data-start={word.startSec}
            data-end={word.endSec}
            onClick={() => playFrom(word.startSec, endSec)}
          >
            {word.text}{" "}
          </span>
        ))}
        <button
          type="button"
          class="plain why"
          aria-label={strings.explain.whyOf(clock(startSec))}
          aria-pressed={why !== null}
          title={strings.explain.title}
          onClick={() => void explain(recording, segment)}
        >
          {strings.explain.why}
        </button>
      </p>
      {why !== null && <Reasons of={why} />}
    </li>
  );
}

/** Returns how much a word changes the words' answer, as a probability. */
const effectOf = ({ probability, without }: WordExplanation, word: number): number =>
  Math.abs(probability - (without[word] ?? probability));

/** Returns which way a word changes the words' answer, where it does by a percent. */
function changeOf(words: WordExplanation, word: number): string {
  if (effectOf(words, word) < 0.01) return "";
  return words.without[word]! < words.probability ? "adds" : "takes";
}

/** Marks the line and the word that are playing, without rendering the others anew. */
function lightUp(list: HTMLElement | null): void {
  const segment = played.value;
  const at = playheadSec.value;
  const index = segment === null ? -1 : spoken.value.indexOf(segment);
  if (list === null) return;
  for (const old of Array.from(list.getElementsByClassName("now"))) old.classList.remove("now");
  const line = list.children[Math.floor(index / partLength)]?.children[index % partLength];
  if (line === undefined || (at === 0 && !isPlaying.value)) return;
  line.classList.add("now");
  for (const word of line.querySelectorAll<HTMLElement>(".word")) {
    const { start, end } = word.dataset;
    if (Number(start) <= at && at < Number(end)) word.classList.add("now");
  }
}
