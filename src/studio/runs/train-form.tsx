import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { RecipeRow } from "../../server/api.ts";
import { api } from "../api/client.ts";
import { hashOf } from "../api/route.ts";
import { useLoaded } from "../api/use-loaded.ts";
import { strings } from "../strings.ts";
import { OptionFields } from "./option-fields.tsx";
import { recipeFields, settingOf, shownValue, type Field } from "./recipe-fields.ts";

const texts = strings.runs;

/** What was entered, and the setting that it makes. */
interface Entry {
  readonly field: Field;
  readonly value: string;
}

/** Trains a recipe: which one, on which corpora, into which folder, with which options. */
export function TrainForm(): JSX.Element {
  const recipes = useLoaded(api.recipes, "");
  const corpora = useLoaded(api.corpora, "");
  const [recipe, setRecipe] = useState("audio-cnn");
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  const [name, setName] = useState("");
  const [entries, setEntries] = useState<ReadonlyMap<string, Entry>>(new Map());
  const [problem, setProblem] = useState("");
  const [isStarting, setStarting] = useState(false);
  const form = useLoaded(() => api.recipe(recipe), recipe);
  const only = corpora.data?.length === 1 ? [corpora.data[0]!.id] : [];
  const data = chosen ?? only;

  const choose = (another: string): void => {
    setRecipe(another);
    setEntries(new Map());
  };
  const enter = (field: Field, value: string): void => {
    const changed = new Map(entries);
    if (value === shownValue(field)) changed.delete(field.path);
    else changed.set(field.path, { field, value });
    setEntries(changed);
  };
  const start = async (): Promise<void> => {
    const runName = name || recipe;
    if (data.length === 0) throw new Error(texts.chooseCorpus);
    const settings = [...entries.values()].map(({ field, value }) => checkedSetting(field, value));
    await api.train({ recipe, corpora: data, settings, name: runName });
    location.hash = hashOf("runs", runName);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    setProblem("");
    setStarting(true);
    start()
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
      .finally(() => setStarting(false));
  };
  return (
    <form class="train" onSubmit={submit}>
      <div class="fields">
        <RecipeChoice recipes={recipes.data ?? []} recipe={recipe} onChoose={choose} />
        <div class="field">
          <label for="train-name">{texts.trainName}</label>
          <input
            id="train-name"
            type="text"
            value={name}
            placeholder={recipe}
            pattern="[A-Za-z0-9][A-Za-z0-9_.+\-]*"
            aria-describedby="train-name-hint"
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
          <small id="train-name-hint">{texts.trainNameHint}</small>
        </div>
      </div>
      <fieldset>
        <legend>{texts.trainData}</legend>
        {corpora.data?.length === 0 && <p class="lead">{texts.noData}</p>}
        {corpora.data?.map(({ id, path }) => (
          <label key={id} class="check">
            <input
              type="checkbox"
              checked={data.includes(id)}
              onChange={({ currentTarget }) =>
                setChosen(
                  currentTarget.checked ? [...data, id] : data.filter((each) => each !== id),
                )
              }
            />{" "}
            <code>{path}</code>
          </label>
        ))}
      </fieldset>
      <details>
        <summary>{texts.options}</summary>
        {form.data && (
          <OptionFields
            key={recipe}
            group={recipeFields(form.data.schema, form.data.recipe)}
            entered={new Map([...entries].map(([path, { value }]) => [path, value]))}
            onEnter={enter}
          />
        )}
      </details>
      {problem !== "" && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" class="main" disabled={isStarting}>
        {isStarting ? texts.starting : texts.start}
      </button>
    </form>
  );
}

/** @throws Error for people where JSON is not */
function checkedSetting(field: Field, value: string): string {
  try {
    return settingOf(field, value);
  } catch {
    throw new Error(texts.notJson(field.path));
  }
}

interface RecipeChoiceProps {
  readonly recipes: readonly RecipeRow[];
  readonly recipe: string;
  readonly onChoose: (recipe: string) => void;
}

function RecipeChoice({ recipes, recipe, onChoose }: RecipeChoiceProps): JSX.Element {
  return (
    <div class="field">
      <label for="train-recipe">{texts.trainRecipe}</label>
      <select
        id="train-recipe"
        value={recipe}
        aria-describedby="train-recipe-about"
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      >
        {recipes.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <small id="train-recipe-about">
        {recipes.find(({ name }) => name === recipe)?.description}
      </small>
    </div>
  );
}
