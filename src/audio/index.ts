/** Signal processing as a library: `undertone/audio`, for Node and the browser. */
export { augmentWaveform, type WaveformAugmentation } from "./augmentation/waveform.ts";
export { codecs, type Codec } from "./augmentation/codec-names.ts";
export { applyCodec } from "./augmentation/codec.ts";
export { changeGain, shiftTime } from "./augmentation/gain-and-shift.ts";
export { mixup, type MixupBatch } from "./augmentation/mixup.ts";
export { addNoise, type NoiseColor, type NoiseOptions } from "./augmentation/noise.ts";
export { addRecordedNoise, type RecordedNoiseOptions } from "./augmentation/recorded-noise.ts";
export { addReverberation, type ReverberationOptions } from "./augmentation/reverberation.ts";
export { maskSpectrogram, type SpecAugmentOptions } from "./augmentation/spec-augment.ts";
export { changeSpeed } from "./augmentation/speed.ts";
export { changePitch, changeTempo } from "./augmentation/tempo.ts";
export { decodeAudio, type DecodedAudio } from "./decode.ts";
export { deltas, type DeltaOptions } from "./deltas.ts";
export { rmsEnergy, zeroCrossingRate, type FrameOptions } from "./energy.ts";
export {
  hzToMel,
  melFilterbank,
  melToHz,
  type MelFilterbankOptions,
  type MelScale,
} from "./mel.ts";
export { mfcc, type MfccOptions } from "./mfcc.ts";
export { logMelSpectrogram, type LogMelOptions } from "./log-mel.ts";
export { toMono } from "./mix.ts";
export { pitch, type PitchOptions, type PitchTrack } from "./pitch.ts";
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
  type SpeechActivityOptions,
  type SpeechRegion,
} from "./speech-activity.ts";
export { magnitudeSpectrogram, type Spectrogram, type StftOptions } from "./stft.ts";
export { encodeWav, type WavSampleFormat } from "./wav.ts";
export { hannWindow } from "./windows.ts";
export { Random } from "../shared/random.ts";
