import type { Split } from "../datasets/splits.ts";
import { UndertoneError } from "../shared/errors.ts";
import { gatherAdapters } from "./adapters.ts";
import { assertCompanied } from "./companions.ts";
import { membersOf, type MemberRun } from "./fuse-runs.ts";
import { planFolds } from "./planned-folds.ts";
import { readData, type Data } from "./read-data.ts";
import { usesAudio, type FusedRecipe } from "./recipe.ts";
import { unlessMissing } from "./resume-run.ts";
import { foldFolder, readRunInfo, readSplit } from "./run-folder.ts";
import type { TrainingRequest } from "./training-request.ts";

/**
 * Finds before the first of a recipe's runs is trained whether all can be, belong together and, where they are there
 * already, know the corpus.
 * @throws UndertoneError `recipe-invalid`, `usage`, `run-invalid`, and what reading the corpus throws
 */
export async function assertMembersFit(
  recipe: FusedRecipe,
  request: TrainingRequest,
): Promise<void> {
  const members = membersOf(recipe, request.runFolder);
  assertNamedOnce(recipe, members);
  let data: Data | undefined;
  let first: readonly Split[] | undefined;
  for (const member of members) {
    // What a corpus of texts keeps for validation is drawn by the seed.
    if (data === undefined || !usesAudio(member.recipe))
      data = await readData(request.data, member.recipe);
    const planned = planFolds(member.recipe, data, request.folds);
    assertCompanied({ ...request, recipe: member.recipe });
    await gatherAdapters(member.recipe);
    first ??= planned;
    assertSameFolds(recipe, first, planned);
    await assertTrainedOn(data, planned, member);
  }
}

function assertNamedOnce(recipe: FusedRecipe, members: readonly MemberRun[]): void {
  const folders = members.map(({ runFolder }) => runFolder);
  const twin = members.find(({ runFolder }, at) => folders.indexOf(runFolder) !== at);
  if (twin === undefined) return;
  throw new UndertoneError(
    "recipe-invalid",
    `${recipe.name} has two members of the name ${twin.recipe.name}, whose runs would lie in one folder. Give each a "name" of its own.`,
  );
}

/** Only what all have been tested on, a stranger to each, can be fused. */
function assertSameFolds(
  { name }: FusedRecipe,
  first: readonly Split[],
  planned: readonly Split[],
): void {
  const same = planned.every(({ test }, at) => {
    const tested = new Set(first[at]!.test);
    return test.length === tested.size && test.every((id) => tested.has(id));
  });
  if (same) return;
  throw new UndertoneError(
    "recipe-invalid",
    `${name} asks for several seeds, and here the seed draws which speakers a fold tests. Take one seed, or a protocol with folds of its own.`,
  );
}

async function assertTrainedOn(
  { corpus, clips }: Data,
  planned: readonly Split[],
  { runFolder }: MemberRun,
): Promise<void> {
  const known = await unlessMissing(readRunInfo(runFolder));
  if (known === undefined) return;
  const ids = new Set(clips.map(({ id }) => id));
  let isSame = known.corpus === corpus;
  for (const { fold } of planned) {
    const split = await unlessMissing(readSplit(foldFolder(runFolder, fold)));
    isSame &&= split === undefined || split.test.every((id) => ids.has(id));
  }
  if (isSame) return;
  throw new UndertoneError(
    "run-invalid",
    `${runFolder} was trained on other clips than those of ${corpus}. Name that corpus by --data, or a folder elsewhere by --out: members' runs lie beside it.`,
  );
}
