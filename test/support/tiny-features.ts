/** The smallest spectrogram that a network can learn from: 16 bands, 32 frames, a second of sound at 8 kHz. */
export const tinyFeatures = {
  sampleRate: 8000,
  nFft: 256,
  winLength: 256,
  hopLength: 256,
  nMels: 16,
  fMax: 4000,
  frames: 32,
};
