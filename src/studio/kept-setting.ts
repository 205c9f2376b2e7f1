import { effect, signal, type Signal } from "@preact/signals";

/** Returns a signal that is kept in this browser between visits; a value of another kind counts as none. */
export function keptSetting<Value>(
  key: string,
  first: Value,
  isValue: (value: unknown) => value is Value,
): Signal<Value> {
  const kept = signal(first);
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    if (isValue(value)) kept.value = value;
  } catch {
    // What is kept is damaged, or nothing may be.
  }
  effect(() => {
    try {
      localStorage.setItem(key, JSON.stringify(kept.value));
    } catch {
      // It is only forgotten.
    }
  });
  return kept;
}
