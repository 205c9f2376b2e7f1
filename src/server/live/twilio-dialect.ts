import { z } from "@hono/zod-openapi";
import type { Asked, Dialect, Told } from "./dialect.ts";
import { defaultSettings, sampleRateSchema } from "./messages.ts";
import { ProtocolError } from "./protocol-error.ts";
import { readMessage } from "./read-message.ts";
import { readSamples } from "./samples.ts";

const trackSchema = z.enum(["inbound", "outbound"]);

const startSchema = z.object({
  event: z.literal("start"),
  streamSid: z.string().max(100),
  start: z.object({
    tracks: z.array(trackSchema).min(1).max(2),
    mediaFormat: z.object({
      encoding: z.literal("audio/x-mulaw"),
      sampleRate: sampleRateSchema,
      channels: z.literal(1),
    }),
  }),
});

const mediaSchema = z.object({
  event: z.literal("media"),
  media: z.object({ track: trackSchema, payload: z.base64() }),
});

const messageSchema = z
  .discriminatedUnion("event", [
    startSchema,
    mediaSchema,
    z.object({ event: z.literal("stop") }),
    z.object({ event: z.enum(["connected", "mark", "dtmf"]) }),
  ])
  .openapi("MediaStreamMessage");

/**
 * Telephone media streams: µ-law in JSON, a track for each side of the call. Events come as `{ event: "undertone", … }` with the
 * stream's id and the track; whoever forwards a call's stream reads them.
 * @see https://www.twilio.com/docs/voice/media-streams/websocket-messages
 */
export class TwilioDialect implements Dialect {
  #streamSid = "";

  text(text: string): readonly Asked[] {
    const message = readMessage(messageSchema, text);
    switch (message.event) {
      case "start": {
        this.#streamSid = message.streamSid;
        const { tracks, mediaFormat } = message.start;
        const { sampleRate } = mediaFormat;
        return [{ kind: "start", sampleRate, settings: defaultSettings(), tracks }];
      }
      case "media": {
        const { track, payload } = message.media;
        const samples = readSamples(Buffer.from(payload, "base64"), "mulaw");
        return [{ kind: "audio", track, samples }];
      }
      case "stop":
        return [{ kind: "finish" }];
      default:
        return [];
    }
  }

  binary(): never {
    throw new ProtocolError("unsupported", "Telephone media streams are text messages only.");
  }

  messages(told: Told, track: string): readonly object[] {
    return [{ event: "undertone", streamSid: this.#streamSid, track, ...told }];
  }
}
