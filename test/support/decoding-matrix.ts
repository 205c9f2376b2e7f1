/** A recording as ffmpeg writes it: the file's ending, and what encodes and wraps the sound. */
export interface MatrixEntry {
  readonly name: string;
  readonly ending: string;
  readonly args: readonly string[];
  /** Lossless: every sample is equal. */
  readonly isExact?: boolean;
}

const pcm = (ending: string, codecs: string, ...format: string[]): MatrixEntry[] =>
  codecs.split(" ").map((codec) => ({
    name: `${ending} ${codec}${format.length > 0 ? ` ${format.join(" ")}` : ""}`,
    ending,
    args: ["-c:a", `pcm_${codec}`, ...format],
    isExact: /^[sf]/.test(codec) && codec !== "s8",
  }));

const coded = (ending: string, codecs: string, ...more: string[]): MatrixEntry[] =>
  codecs.split(" ").map((codec) => ({
    name: `${ending} ${codec}${more.length > 0 ? ` ${more.join(" ")}` : ""}`,
    ending,
    args: ["-c:a", codec, "-strict", "-2", ...more],
    isExact: codec === "flac" || codec === "alac",
  }));

/** Each container with each codec that ffmpeg puts into it, and odd properties. */
export const decodingMatrix: readonly MatrixEntry[] = [
  ...pcm("wav", "u8 s16le s24le s32le f32le f64le alaw mulaw"),
  ...pcm("wav", "s16le", "-rf64", "always"),
  ...pcm("w64", "s16le s24le f32le"),
  ...pcm("aif", "s8 s16be s24be s32be f32be f64be alaw mulaw s16le"),
  ...pcm("au", "s8 s16be s24be s32be f32be f64be alaw mulaw"),
  ...pcm("caf", "s16be s16le s24le s32be f32le f64be alaw mulaw"),
  ...pcm("mov", "s16le s16be s24be s24le s32le f32le f64be alaw mulaw"),
  ...pcm("mkv", "u8 s16le s16be s24le s32le f32le f64le alaw mulaw"),
  ...coded("wav", "adpcm_ima_wav adpcm_ms libmp3lame"),
  ...coded("wav", "libgsm_ms", "-ar", "8000", "-ac", "1"),
  ...coded("aif", "adpcm_ima_qt"),
  ...coded("caf", "adpcm_ima_qt alac"),
  ...coded("mov", "aac alac libmp3lame"),
  ...coded("mp4", "aac alac flac libopus libmp3lame"),
  ...coded("mp4", "aac libopus flac", "-movflags", "frag_keyframe+empty_moov"),
  ...coded("m4a", "aac alac"),
  ...coded("mkv", "aac alac flac libopus libvorbis libmp3lame adpcm_ms adpcm_ima_wav"),
  ...coded("ts", "aac libmp3lame"),
  ...coded("webm", "libopus libvorbis"),
  ...coded("ogg", "flac libopus libvorbis"),
  ...coded("flac", "flac"),
  ...coded("flac", "flac", "-sample_fmt", "s32"),
  ...coded("flac", "flac", "-frame_size", "192"),
  ...coded("mp3", "libmp3lame"),
  ...coded("mp3", "libmp3lame", "-write_xing", "0"),
  ...coded("mp3", "libmp3lame", "-q:a", "9"),
  ...coded("mp3", "libmp3lame", "-id3v2_version", "0"),
  ...coded("mp2", "mp2"),
];

/** Rates and channel counts that each kind of codec is made with, besides mono at 16 kHz. */
export const shapes: readonly (readonly [number, number])[] = [
  [16_000, 1],
  [44_100, 2],
];
