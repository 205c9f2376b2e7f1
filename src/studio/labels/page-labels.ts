import { IndexedLabels } from "./label-store.ts";
import { Labels } from "./labels.ts";

/** The labels of this page. */
export const labels = new Labels(new IndexedLabels(), new BroadcastChannel("undertone-labels"));

// The browser asks whether to leave.
addEventListener("beforeunload", (event) => {
  if (labels.isKeeping.peek()) event.preventDefault();
});
