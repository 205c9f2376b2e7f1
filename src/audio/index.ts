/** Undertone's signal processing as a library: `undertone/audio`, for Node and pages alike. */
export { augmentWaveform, type WaveformAugmentation } from "./augmentation/waveform.ts";
export { changeGain, shiftTime } from "./augmentation/gain-and-shift.ts";
export { mixup, type MixupBatch } from "./augmentation/mixup.ts";
export { addNoise, type NoiseColor, type NoiseOptions } from "./augmentation/noise.ts";
export { addReverberation, type ReverberationOptions } from "./augmentation/reverberation.ts";
export { maskSpectrogram, type SpecAugmentOptions } from "./augmentation/spec-augment.ts";
export { changeSpeed } from "./augmentation/speed.ts";
export { changePitch, changeTempo } from "./augmentation/tempo.ts";
export { decodeAudio, type DecodedAudio } from "./decode.ts";
export { deltas } from "./deltas.ts";
export { rmsEnergy, zeroCrossingRate } from "./energy.ts";
export {
  hzToMel,
  melFilterbank,
  melToHz,
  type MelFilterbankOptions,
  type MelScale,
} from "./mel.ts";
export { mfcc, type MfccOptions } from "./mfcc.ts";
export { toMono } from "./mix.ts";
export { fundamentalFrequency } from "./pitch.ts";
export { resample } from "./resample.ts";
export {
  spectralBandwidth,
  spectralCentroid,
  spectralFlatness,
  spectralRolloff,
} from "./spectral.ts";
export {
  findSpeech,
  speechActivity,
  type SpeechActivity,
  type SpeechRegion,
} from "./speech-activity.ts";
export { magnitudeSpectrogram } from "./stft.ts";
export { encodeWav } from "./wav.ts";
export { hannWindow } from "./windows.ts";
