/** Samples from one transform of Silero's model to the next. */
export const hop = 128;
/** Transforms of a frame. */
export const transforms = 4;
/** Width of the recurrent state. */
export const stateWidth = 128;
/** Samples of a row: the frame's context, the frame and its end mirrored. */
export const rowLength = hop * (transforms + 1);
