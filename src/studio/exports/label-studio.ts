import { labeledBy, labelersOf, type ExportedRecording } from "./exported-recording.ts";

/** The labeling interface of the tasks. */
export function labelStudioInterface(labels: readonly string[]): string {
  const values = labels.map((label) => `    <Label value="${attribute(label)}"/>\n`).join("");
  return (
    `<View>\n  <Labels name="emotion" toName="audio">\n${values}  </Labels>\n` +
    `  <Audio name="audio" value="$audio"/>\n` +
    `  <TextArea name="transcription" toName="audio" perRegion="true" editable="true"/>\n</View>\n`
  );
}

const attribute = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

interface Region {
  readonly startSec: number;
  readonly endSec: number;
  readonly label: string;
  readonly text: string;
}

/**
 * Returns Label Studio's tasks: an annotation for each person, and the model's segments as a prediction. Regions are of
 * `emotion` and `transcription` on `audio`, as `labelStudioInterface` has them.
 * @see https://labelstud.io/guide/tasks#Basic-Label-Studio-JSON-format
 */
export function labelStudioTasks(recordings: readonly ExportedRecording[]): string {
  const tasks = recordings.map(({ name, durationSec, labels, analysis }) => {
    const spoken = analysis?.segments ?? [];
    const predicted = spoken.flatMap(({ startSec, endSec, emotion, text }) =>
      emotion === null ? [] : { startSec, endSec, label: emotion, text },
    );
    return {
      data: { audio: name },
      annotations: labelersOf(labels).map((by, index) => ({
        result: labeledBy(labels, by).flatMap((segment, at) =>
          results({ ...segment, text: "" }, { id: `a${index}-${at}`, durationSec, by }),
        ),
      })),
      predictions: analysis
        ? [
            {
              model_version: "undertone",
              result: predicted.flatMap((region, at) =>
                results(region, { id: `p-${at}`, durationSec }),
              ),
            },
          ]
        : [],
    };
  });
  return `${JSON.stringify(tasks, null, 2)}\n`;
}

interface Place {
  readonly id: string;
  readonly durationSec: number;
  readonly by?: string;
}

/** The label of a region, and its words where it has some. */
function results({ startSec: start, endSec: end, label, text }: Region, place: Place): object[] {
  const region = {
    id: place.id,
    to_name: "audio",
    original_length: place.durationSec,
    ...(place.by !== undefined && { meta: { text: [place.by] } }),
  };
  const value = { start, end, channel: 0 };
  const labels = {
    ...region,
    from_name: "emotion",
    type: "labels",
    value: { ...value, labels: [label] },
  };
  if (text === "") return [labels];
  const words = { from_name: "transcription", type: "textarea", value: { ...value, text: [text] } };
  return [labels, { ...region, ...words }];
}
