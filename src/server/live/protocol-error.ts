/** Codes by which the server closes a stream. @see RFC 6455, section 7.4.1 */
export const closeCodes = {
  /** It has said all. */
  done: 1000,
  /** The server stops; what came was finished. */
  closing: 1001,
  /** A binary frame where none is taken, or a message of no known kind. */
  unsupported: 1003,
  /** A frame or message that is not what it says. */
  malformed: 1007,
  /** A limit is exceeded, or a message comes out of order. */
  policy: 1008,
  internal: 1011,
  /** The server cannot keep up with so many streams: try again later. */
  overloaded: 1013,
} as const;

export type CloseReason = keyof typeof closeCodes;

/** Why a stream is closed; the message is for its client. */
export class ProtocolError extends Error {
  readonly reason: CloseReason;

  constructor(reason: CloseReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
