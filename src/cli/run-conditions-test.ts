import { join } from "node:path";
import { findVoiceModel } from "../recognition/voice-model.node.ts";
import { noIntervalReason } from "../evaluation/bootstrap.ts";
import {
  conditionsDocument,
  conditionsTable,
  type ConditionsDocument,
} from "../reports/conditions/conditions-document.ts";
import { writeConditions } from "../reports/conditions/write-conditions.ts";
import { testUnderConditions } from "../runs/test-conditions.ts";
import { testFolderName } from "../runs/test-folder.ts";
import { shownName } from "../runs/test-model.ts";
import { cancellableTest } from "./cancellable-test.ts";
import { featureCacheFolder } from "./folders.ts";
import { counted, printJson } from "./output.ts";
import { printable } from "./printable.ts";
import { createProgress } from "./progress.ts";
import { printTable } from "./table.ts";
import type { ModelTestOptions } from "./test.ts";

/** Tests a model, named or in a file, under conditions, as the options of `undertone test --conditions` say. */
export async function runConditionsTest(model: string, options: ModelTestOptions): Promise<void> {
  const { data, out, json, threads, noise = [], seed = 1, ...corpusOptions } = options;
  const progress = createProgress(process.stderr);
  const path = (await findVoiceModel(model)).path;
  const tested = await cancellableTest(
    (testOptions) =>
      testUnderConditions(
        { model: path, data, corpusOptions, cacheFolder: featureCacheFolder(), seed, noise },
        testOptions,
      ),
    { progress, threads },
  );
  const document = conditionsDocument(tested);
  const folder =
    out ??
    join("runs", `${testFolderName(shownName({ model }, tested), tested.corpus)}-conditions`);
  await writeConditions(folder, document);
  if (json) printJson(document);
  else printConditions(document, folder);
}

function printConditions(document: ConditionsDocument, folder: string): void {
  const { name, corpus, clips, speakers, labels, conditions } = document;
  const amount = `${counted(clips, "clip")} of ${counted(speakers, "speaker")}`;
  const chance = (100 / labels.length).toFixed(1);
  console.log(`${printable(name)} on ${printable(corpus)}: ${amount}, chance ${chance} %.\n`);
  printTable(conditionsTable(document));
  console.log();
  for (const condition of conditions) console.log(`${condition.name}: ${condition.description}`);
  const reason = noIntervalReason(speakers);
  if (reason !== undefined) console.log(`\n${reason}`);
  console.log(`\nTable and picture: ${join(folder, "conditions.md")}, conditions.svg`);
}
