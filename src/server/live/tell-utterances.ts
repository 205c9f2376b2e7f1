import type { StreamEvent } from "../../recognition/recognizer.ts";
import type { Told } from "./dialect.ts";

/**
 * Passes events on.
 * @yields before the first event of each utterance, that it starts
 */
export async function* tellUtterances(events: AsyncIterable<StreamEvent>): AsyncGenerator<Told> {
  let isOpen = false;
  for await (const event of events) {
    if (event.type !== "end" && event.segment.emotion !== null) {
      if (!isOpen) yield { type: "utterance-start", startSec: event.segment.startSec };
      isOpen = event.type === "partial";
    }
    yield event;
  }
}
