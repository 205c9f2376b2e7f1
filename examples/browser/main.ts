/** A page that analyzes a sound file in the browser: `npx vite examples/browser`. */
import { loadRecognizer } from "undertone/web";
import model from "undertone/models/small.onnx?url";

const input = document.querySelector("input")!;
const status = document.querySelector("[role=status]")!;
const rows = document.querySelector("tbody")!;

const recognizer = await loadRecognizer({ model: new URL(model, location.href) });
status.textContent = "Choose a file.";

async function analyze(file: File): Promise<void> {
  const { segments, durationSec } = await recognizer.analyze(file, {
    onProgress: (doneSec) => (status.textContent = `${Math.round(doneSec)} s analyzed …`),
  });
  rows.replaceChildren(
    ...segments.map(({ startSec, endSec, emotion, confidence }) => {
      const row = document.createElement("tr");
      const percent = confidence === null ? "" : `${Math.round(100 * confidence)} %`;
      for (const text of [`${startSec} s`, `${endSec} s`, emotion ?? "no speech", percent]) {
        row.insertCell().textContent = text;
      }
      return row;
    }),
  );
  status.textContent = `${file.name}: ${durationSec} s`;
}

input.addEventListener("change", () => {
  const file = input.files?.[0];
  if (file === undefined) return;
  analyze(file).catch((error: unknown) => (status.textContent = String(error)));
});
