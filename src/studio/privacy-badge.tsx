import type { JSX } from "preact";
import { sentBytes } from "./state/sent-bytes.ts";
import { strings } from "./strings.ts";

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
