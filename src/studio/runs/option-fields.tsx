import type { JSX, TargetedEvent } from "preact";
import { strings } from "../strings.ts";
import { shownValue, type Field, type FieldGroup } from "./recipe-fields.ts";

interface OptionFieldsProps {
  readonly group: FieldGroup;
  /** What was entered in place of the recipe's values, by path. */
  readonly entered: ReadonlyMap<string, string>;
  readonly onEnter: (field: Field, value: string) => void;
}

/** Inputs for the options of a recipe; those that belong together fold away together. */
export function OptionFields({ group, entered, onEnter }: OptionFieldsProps): JSX.Element {
  return (
    <>
      <div class="fields">
        {group.fields.map((field) => (
          <Option
            key={field.path}
            field={field}
            entered={entered.get(field.path)}
            onEnter={(value) => onEnter(field, value)}
          />
        ))}
      </div>
      {group.groups.map((each) => (
        <details key={each.path}>
          <summary>
            {each.name} {each.description !== "" && <small>{each.description}</small>}
          </summary>
          <OptionFields group={each} entered={entered} onEnter={onEnter} />
        </details>
      ))}
    </>
  );
}

interface OptionProps {
  readonly field: Field;
  readonly entered: string | undefined;
  readonly onEnter: (value: string) => void;
}

function Option({ field, entered, onEnter }: OptionProps): JSX.Element {
  const { control, name, path, description, value } = field;
  const shown = entered ?? shownValue(field);
  const common = {
    id: `option-${path}`,
    "aria-describedby": description === "" ? undefined : `about-${path}`,
  };
  const enter = ({ currentTarget }: TargetedEvent<HTMLInputElement | HTMLSelectElement>): void =>
    onEnter(currentTarget.value);
  const optional = value === undefined;
  return (
    <div class={entered === undefined ? "field" : "field changed"}>
      <label for={common.id}>{name}</label>
      {control.type === "flag" ? (
        <input
          {...common}
          type="checkbox"
          checked={shown === "true"}
          onChange={({ currentTarget }) => onEnter(String(currentTarget.checked))}
        />
      ) : control.type === "choice" ? (
        <select {...common} value={shown} onChange={enter}>
          {optional && <option value="" />}
          {control.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : control.type === "number" ? (
        <input
          {...common}
          type="number"
          value={shown}
          min={control.min}
          max={control.max}
          step={control.step}
          placeholder={optional ? strings.runs.removed : undefined}
          onInput={enter}
        />
      ) : (
        <input
          {...common}
          type="text"
          value={shown}
          placeholder={optional ? strings.runs.removed : undefined}
          spellcheck={false}
          onInput={enter}
        />
      )}
      {description !== "" && <small id={`about-${path}`}>{description}</small>}
    </div>
  );
}
