import type { JSX } from "preact";
import { useSignal, useSignalEffect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { themeColor } from "../theme-switch.tsx";
import { trackWidth } from "../state/view.ts";

/** What is drawn on: pixels of the page, whatever the screen has. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  /** Returns the value of a color of the theme. */
  readonly color: (name: string) => string;
}

interface Props {
  /** What a screen reader says; by default nothing, where something beside it does. */
  readonly label?: string;
  readonly height: number;
  readonly class?: string;
  /** What is drawn besides signals: another one is drawn anew. */
  readonly of?: unknown;
  /** Reads signals: it is called again when one of them changes, at most once a frame. */
  readonly draw: (surface: Surface) => void;
}

/** A drawing as wide as the timeline. */
export function TimeCanvas({ label, height, draw, of, class: name = "" }: Props): JSX.Element {
  const ref = useRef<HTMLCanvasElement>(null);
  const given = useSignal(of);
  useLayoutEffect(() => {
    given.value = of;
  }, [of]);
  useSignalEffect(() => {
    void given.value;
    const canvas = ref.current!;
    const width = Math.max(1, trackWidth.value);
    const scale = devicePixelRatio;
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    const context = canvas.getContext("2d")!;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    draw({ context, width, height, color: themeColor.value });
  });
  return (
    <canvas
      ref={ref}
      class={name}
      style={{ height: `${height}px` }}
      {...(label === undefined ? { "aria-hidden": "true" } : { role: "img", "aria-label": label })}
    />
  );
}
