import type { ServedModel } from "../service/service.ts";
import type { Asked, Dialect, Told } from "./dialect.ts";
import { clientMessageSchema, type Encoding } from "./messages.ts";
import { ProtocolError } from "./protocol-error.ts";
import { readMessage } from "./read-message.ts";
import { readSamples } from "./samples.ts";

/** The messages of `WS /v1/stream`: `start`, binary frames, `finish`; events are told as the library has them. */
export class OwnDialect implements Dialect {
  readonly #model: Pick<ServedModel, "name" | "labels" | "transcriber" | "warnings">;
  #encoding: Encoding | undefined;

  constructor(model: Pick<ServedModel, "name" | "labels" | "transcriber" | "warnings">) {
    this.#model = model;
  }

  text(message: string): readonly Asked[] {
    const asked = readMessage(clientMessageSchema, message);
    if (asked.type === "finish") return [{ kind: "finish" }];
    const { type: _, encoding, sample_rate: sampleRate, ...settings } = asked;
    this.#encoding = encoding;
    return [{ kind: "start", sampleRate, settings, tracks: [""] }];
  }

  binary(frame: Uint8Array): readonly Asked[] {
    if (this.#encoding === undefined) {
      const example = '{"type": "start", "encoding": "s16le", "sample_rate": 16000}';
      throw new ProtocolError("policy", `Before frames, send a text message: ${example}`);
    }
    return [{ kind: "audio", track: "", samples: readSamples(frame, this.#encoding) }];
  }

  messages(told: Told): readonly object[] {
    if (told.type !== "ready") return [told];
    const { name, labels, transcriber, warnings } = this.#model;
    return [{ type: "ready", model: name, labels, transcriber, warnings }];
  }
}
