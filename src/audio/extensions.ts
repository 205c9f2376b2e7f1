/** Endings of files with sound, video for its sound among them, in lower case. */
export const audioExtensions: readonly string[] = (
  ".wav .wave .bwf .rf64 .w64 .aif .aiff .aifc .au .snd .caf .flac .mp3 .mp2 .mpga .aac .adts .amr .awb " +
  ".ogg .oga .ogv .ogx .opus .spx .m4a .m4b .m4r .m4v .mp4 .mov .qt .3gp .3gpp .3g2 .webm .weba .mka .mkv " +
  ".wma .ape .wv .ac3"
).split(" ");

/**
 * Returns whether a file's name has one of `audioExtensions`, which is what a search of folders goes by. Whether the file can
 * be decoded, its content decides on loading: one that cannot is reported then, not overlooked.
 */
export function isAudioName(name: string): boolean {
  return audioExtensions.includes(endingOf(name));
}

/** Returns the ending of a file's name in lower case, with its dot; empty where it has none. */
export function endingOf(name: string): string {
  return /[^/\\](\.[^./\\ ]{1,12})$/.exec(name)?.[1]?.toLowerCase() ?? "";
}
