/** Bytes of a frame with its header, by its type; a type without a size is not valid. */
export const amrFrameBytes = {
  "amr-nb": [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 1, 1],
  "amr-wb": [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1],
} as const;
