import { z } from "@hono/zod-openapi";
import type { Segment } from "../../recognition/analysis.ts";
import type { Asked, Dialect, Told } from "./dialect.ts";
import { defaultSettings } from "./messages.ts";
import { ProtocolError } from "./protocol-error.ts";
import { readMessage } from "./read-message.ts";
import { readSamples } from "./samples.ts";

const timerSchema = z.number().min(250).max(60_000).optional();

const messageSchema = z
  .discriminatedUnion("type", [
    z.object({
      type: z.literal("session.update"),
      measurement_timer_ms: timerSchema,
      session: z.object({ measurement_timer_ms: timerSchema }).optional(),
    }),
    z.object({ type: z.literal("session.end") }),
  ])
  .openapi("HumeMessage");

const sampleRate = 16_000;

/**
 * The message names of Hume's realtime interface: binary frames of 16-bit samples at 16 kHz, `session.update` before the first
 * one; `utterance.start`, `measurement.result` and `utterance.end`. `session.end`, which is not Hume's, has the rest told.
 */
export class HumeDialect implements Dialect {
  #settings = defaultSettings();
  #isStarted = false;
  #startMs = 0;

  text(text: string): readonly Asked[] {
    const message = readMessage(messageSchema, text);
    if (message.type === "session.end") return [...this.#start(), { kind: "finish" }];
    if (this.#isStarted) {
      throw new ProtocolError("policy", "session.update comes before the first frame.");
    }
    const timerMs = message.measurement_timer_ms ?? message.session?.measurement_timer_ms;
    if (timerMs !== undefined) {
      this.#settings = { ...this.#settings, partial_every_sec: timerMs / 1000 };
    }
    return [];
  }

  binary(frame: Uint8Array): readonly Asked[] {
    const samples = readSamples(frame, "s16le");
    return [...this.#start(), { kind: "audio", track: "", samples }];
  }

  messages(told: Told): readonly object[] {
    switch (told.type) {
      case "utterance-start":
        this.#startMs = toMs(told.startSec);
        return [{ type: "utterance.start", audio_start_ms: this.#startMs }];
      case "partial":
        return [measurement(told.segment, "interval")];
      case "final": {
        const { segment } = told;
        if (segment.emotion === null) return [];
        const end = { audio_start_ms: this.#startMs, audio_end_ms: toMs(segment.endSec) };
        return [measurement(segment, "speech_ended"), { type: "utterance.end", ...end }];
      }
      case "error":
        return [told];
      default:
        return [];
    }
  }

  #start(): readonly Asked[] {
    if (this.#isStarted) return [];
    this.#isStarted = true;
    return [{ kind: "start", sampleRate, settings: this.#settings, tracks: [""] }];
  }
}

const toMs = (seconds: number): number => Math.round(seconds * 1000);

function measurement(segment: Segment, trigger: "interval" | "speech_ended"): object {
  return {
    type: "measurement.result",
    trigger,
    audio_start_ms: toMs(segment.startSec),
    audio_end_ms: toMs(segment.endSec),
    expressions: Object.entries(segment.probabilities ?? {})
      .map(([name, probability]) => ({ name, probability }))
      .toSorted((a, b) => b.probability - a.probability),
    voice_attributes: [],
  };
}
