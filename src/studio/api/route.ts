import { signal } from "@preact/signals";

/** What stands behind the tab's name in the address: `#runs/audio-cnn` is `audio-cnn`; empty for the list. */
export function partOf(hash: string, tab: string): string {
  const prefix = `#${tab}/`;
  return hash.startsWith(prefix) ? decodeURIComponent(hash.slice(prefix.length)) : "";
}

/** Returns the address of a part of a tab, within the page. */
export const hashOf = (tab: string, part: string): string => `#${tab}/${encodeURIComponent(part)}`;

/** The page's address behind `#`, as it changes. */
export const hash = signal(location.hash);
addEventListener("hashchange", () => (hash.value = location.hash));
