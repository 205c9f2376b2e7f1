import { exportEnsemble } from "../models/ensemble.ts";
import type { ModelCard } from "../models/model-card.ts";
import { UndertoneError } from "../shared/errors.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { foldCard } from "./fold-model.ts";
import { jointHistory } from "./provenance.ts";
import type { Recipe } from "./recipe.ts";
import type { Calibration } from "./run-calibration.ts";
import { foldFolder, readFoldModel, type RunInfo } from "./run-folder.ts";

interface Joining {
  readonly recipe: Recipe;
  readonly fold: number;
  readonly members: readonly {
    readonly recipe: Pick<Recipe, "name" | "features">;
    readonly runFolder: string;
  }[];
  readonly calibration: Calibration;
  readonly facts: Pick<RunInfo, "command" | "versions" | "machine">;
}

/**
 * Writes an ensemble's members' models of a fold as one file, or says why there is none: a member's run kept none, or they do
 * not fit into one.
 * @throws UndertoneError `file-unreadable`, `disk-full`, and `model-invalid` for a member's model that was damaged
 */
export async function writeJoinedModel(
  joining: Joining,
  path: string,
): Promise<string | undefined> {
  const { recipe, fold, members, facts } = joining;
  const { temperature, neutral } = joining.calibration;
  const { features } = members[0]!.recipe;
  const other = members.find((member) => member.recipe.features.window !== features.window);
  if (other) return `${other.recipe.name} takes its window from another place in a clip.`;
  const files: Uint8Array[] = [];
  const cards: ModelCard[] = [];
  for (const { recipe: member, runFolder } of members) {
    const bytes = await readFoldModel(runFolder, fold);
    if (bytes === undefined) return `The run of ${member.name} keeps no model.`;
    cards.push(foldCard(bytes, foldFolder(runFolder, fold)));
    files.push(bytes);
  }
  const history = jointHistory(cards);
  try {
    const whole = { ...recipe, features };
    const provenance = { ...history, protocol: recipe.protocol, fold, recipe: whole, ...facts };
    const softened = { temperature, ...(neutral && { neutral }) };
    const joined = exportEnsemble(files, { name: recipe.name, ...softened, provenance });
    await writeFileAtomically(path, joined);
    return undefined;
  } catch (error) {
    if (!(error instanceof UndertoneError) || error.code !== "model-invalid") throw error;
    return error.message;
  }
}
