/** Extensions of files with sound, video for its sound among them, in lower case. */
export const audioExtensions: readonly string[] = (
  ".wav .wave .flac .mp3 .mp2 .ogg .oga .opus .ogv .m4a .m4b .m4v .mp4 .mov .3gp .aac .webm .weba .mka .mkv " +
  ".aif .aiff .amr .wma"
).split(" ");

/**
 * Returns whether a file's name has one of `audioExtensions`, which is what a search of folders goes by. Whether the file can
 * be decoded, its content decides on loading: one that cannot is reported then, not overlooked.
 */
export function isAudioName(name: string): boolean {
  const lower = name.toLowerCase();
  return audioExtensions.some((extension) => lower.endsWith(extension));
}
