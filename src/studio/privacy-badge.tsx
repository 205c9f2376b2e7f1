import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { strings } from "./strings.ts";

/** Bytes that the page has sent, in bodies of requests: of nothing but what a person asks its own host for. */
export const sentBytes = signal(0);

export function PrivacyBadge(): JSX.Element {
  return (
    <details class="popover privacy">
      <summary>
        <span class="dot" aria-hidden="true" /> {strings.privacy.sent(sentBytes.value)}
      </summary>
      <p>{strings.privacy.why}</p>
    </details>
  );
}
