import type { StreamEvent } from "../../recognition/recognizer.ts";
import type { StreamSettings } from "./messages.ts";

/** What a client asks for by a message. */
export type Asked =
  | {
      readonly kind: "start";
      readonly sampleRate: number;
      readonly settings: StreamSettings;
      /** Names of the sounds that come side by side, each recognized by itself. */
      readonly tracks: readonly string[];
    }
  | { readonly kind: "audio"; readonly track: string; readonly samples: Float32Array }
  | { readonly kind: "finish" };

/** What there is to tell a client. */
export type Told =
  | { readonly type: "ready" }
  | { readonly type: "utterance-start"; readonly startSec: number }
  | { readonly type: "error"; readonly code: string; readonly message: string }
  | StreamEvent;

/** How clients and the server speak with each other: one object a connection. */
export interface Dialect {
  /** Returns what a text message asks for. @throws ProtocolError for what it does not take */
  text(message: string): readonly Asked[];
  /** Returns what a binary message asks for. @throws ProtocolError for what it does not take */
  binary(frame: Uint8Array): readonly Asked[];
  /** Returns the messages, as JSON has them, that tell of something of a track. */
  messages(told: Told, track: string): readonly object[];
}
