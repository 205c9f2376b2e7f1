import { Html } from "./html.ts";

/** A script in a page, and what its content security policy must have to run it. */
export interface InlineScript {
  readonly element: Html;
  readonly policy: string;
}

/** Returns a script element whose text a policy allows by its SHA-256. The text must not hold `</script`. */
export async function inlineScript(source: string): Promise<InlineScript> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(source));
  const bytes = Array.from(new Uint8Array(digest), (byte) => String.fromCharCode(byte));
  return {
    element: new Html(`<script>${source}</script>`),
    policy: `script-src 'sha256-${btoa(bytes.join(""))}'`,
  };
}
