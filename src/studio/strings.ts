import { localStrings } from "./local-strings.ts";

/** All texts of the page, in English. Each part of it has a section. */
export const strings = {
  product: "Undertone",
  parts: "Parts of the studio",
  tabs: { analyze: "Analyze", teach: "Teach", runs: "Runs", corpora: "Corpora" },
  theme: { label: "Theme", system: "System", light: "Light", dark: "Dark" },
  privacy: {
    sent: (bytes: number) => `${bytes} bytes sent`,
    why: "Recordings stay in this page. By its content policy it connects to its own host only, for its own files and models, and it uploads nothing. Once loaded it works offline.",
  },
  errors: {
    unknown: "Something went wrong that this page did not expect. Reload it and try again.",
    noWasm:
      "This browser or the host's content policy does not allow WebAssembly, in which the models run. Allow it ('wasm-unsafe-eval'), or use another browser.",
    insecure:
      "The microphone needs a page on HTTPS or localhost. Open this page there, or drop a recording.",
    noRecordings: "There is no sound or video file in this folder.",
    url: "This address cannot be read from here: the page may connect to its own host only, which is what keeps recordings private. Download the file and drop it here.",
    byName: {
      "audio-unsupported":
        "This file is in no format that can be read here. Sound and video files such as WAV, MP3, M4A, FLAC, Ogg, WebM and MP4 can.",
      "browser-cannot-decode":
        "The sound of this file is AAC or another codec that this browser has no decoder for, and that is not part of this page. Use a browser that plays such files, such as Chrome, Edge, Firefox or Safari, or convert it to FLAC, WAV or MP3.",
      "audio-empty": "This file holds no sound.",
      "audio-corrupt": "This file is damaged, and nothing of it could be decoded.",
      "audio-too-large": "This recording is longer than a day. Split it, and drop its parts.",
      "checksum-mismatch":
        "A model file is not the one that was published: its hash is wrong. It was not used and not kept. Ask whoever runs this site to put the right file there.",
      "network-failed":
        "A model file could not be fetched from this host. Check the connection, or choose a model that is here already.",
      NotAllowedError:
        "The microphone may not be used. Allow it in the browser's settings for this page, then press Record again.",
      NotFoundError: "There is no microphone. Connect one, or drop a recording.",
      OverconstrainedError: "The microphone that was chosen is gone. Choose another one.",
      NotReadableError: "The microphone is in use by another program. Close that, then try again.",
    },
  },
  models: {
    title: "Models",
    voice: "Voice model",
    words: "Words",
    voices: {
      small: "Small, nothing more to download",
      default: "Default, with a pretrained encoder (20.5 MB)",
      open: "Open, for commercial use (20.5 MB)",
      taught: "Taught in this browser",
    },
    transcribers: {
      none: "None: the voice alone",
      "moonshine-tiny": "Moonshine tiny, English (35.5 MB)",
      "moonshine-base": "Moonshine base, English (70.4 MB)",
    },
    device: "Runs on",
    devices: {
      wasm: "Processor (WebAssembly)",
      webgpu: "Graphics card (WebGPU, 27 MB more), where it gives the same answer",
    },
    stays: "The models stay on the processor:",
    refusals: {
      "no-adapter": "this browser offers no graphics card (WebGPU) here.",
      failed: "the graphics card could not run them.",
      differs: (difference: number, allowed: number) =>
        `on a built-in clip the graphics card's probabilities differ by ${difference.toPrecision(2)}, which may be ${allowed} at most.`,
    },
    fetching: (done: string, total: string) => `Fetching a model, ${done} of ${total} MB`,
    starting: "Starting the models …",
    failed: "The models could not be loaded.",
    again: "Try again",
    threads: (count: number, isIsolated: boolean) =>
      isIsolated
        ? `Threads: ${count}`
        : "Threads: 1, since the page's host does not isolate it from other sites",
    kept: "Kept in this browser",
    nothingKept: "No model is kept yet.",
    remove: "Remove",
    removeOf: (name: string) => `Remove ${name}`,
  },
  analyze: {
    title: "Emotion in speech, from voice and words",
    lead: "Drop a recording, or record. The page analyzes voice and words, shows where the two disagree, and abstains where it cannot know. Nothing is sent anywhere.",
    drop: "Drop sound or video files here",
    choose: "Choose files",
    chooseFolder: "Choose a folder",
    record: "Record",
    url: "Address of a recording on this host",
    openUrl: "Open",
    recordings: "Recordings",
    add: "Add",
    close: (name: string) => `Close ${name}`,
    decoding: (time: string) => `Reading, ${time} …`,
    waiting: "Waiting …",
    analyzing: (done: string, all: string) => `Analyzing, ${done} of ${all}`,
    failed: "Failed",
    noSpeech: "Nobody speaks.",
  },
  player: {
    play: "Play",
    pause: "Pause",
    loop: "Loop the selection",
    speed: "Speed",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    fit: "Show all",
    keys: [
      ["Space", "play, pause"],
      ["← →", "5 s"],
      ["J K", "next, previous segment"],
      ["+ − 0", "zoom, show all"],
      ["[ ]", "start, end of a selection"],
      ["L", "loop"],
      ["N", "mark as neutral"],
      ["W", "why: what moved the answer"],
      ["Esc", "no selection"],
      ["1 … 8", "label what is at the playhead"],
      ["X", "cut your segment in two there"],
      ["Del", "take its label away"],
      ["Ctrl Z, Y", "undo, redo a label"],
    ],
    keysTitle: "Keys",
  },
  timeline: {
    title: "Timeline",
    overview: "Whole recording; the arrow keys move what is shown",
    waveform: "Waveform",
    spectrogram: "Mel spectrogram",
    voice: "voice",
    words: "words",
    both: "both",
    lanes: (who: string) => `${who}: arrow keys go from segment to segment, Enter plays`,
    speech: "Speech",
    disagree: "voice and words disagree",
    outOfDistribution: "out of distribution",
    unsure: "unsure",
    noEmotion: "no emotion reported",
    legend: "Emotions and their share of the time",
  },
  inspector: {
    title: "Segment",
    none: "Point at a segment, or move to it by keys, to see its probabilities.",
    voice: "Voice",
    words: "Words",
    both: "Both",
    intensity: "Intensity",
    ood: "Unlike training",
    confidence: "Transcript",
    disagree: (voice: string, words: string) => `The voice is ${voice}, the words are ${words}.`,
    abstained: {
      "out-of-distribution":
        "This sound is unlike what the model was trained on, such as noise or music. No emotion is reported.",
      unsure: "No emotion is likely enough to be reported.",
    },
  },
  neutral: {
    mark: "This is neutral",
    why: "Mark a few seconds in which this person speaks neutrally: everything is predicted anew, held against that voice.",
    marked: (seconds: string) => `Held against ${seconds} of neutral speech`,
    undo: "Forget it",
  },
  transcript: {
    title: "Transcript",
    noWords: "By the voice alone: Models has transcribers, by which words count too.",
    segments: "Segments",
    estimated: "Times of single words are estimated.",
    playFrom: (time: string) => `Play from ${time}`,
  },
  explain: {
    why: "Why?",
    whyOf: (time: string) => `Why? What moved the answer at ${time}`,
    title: "Marks in the spectrogram, and under the words, what moved the answer",
    opening: "Opening the model …",
    working: (done: number, total: number) => `${done} of ${total}`,
    gradients: (emotion: string) =>
      `Voice: bright parts of the spectrogram spoke for ${emotion}, blue ones against it, dark ones moved little (integrated gradients of the network).`,
    silence: (emotion: string) =>
      `Voice: with each stretch of 0.4 s silenced in turn. Bright ones spoke for ${emotion}, blue ones against it, dark ones moved little.`,
    words: (emotion: string, percent: number) => `Words: ${emotion} ${percent} %`,
    without: (word: string, percent: number) => `${percent} % without “${word}”`,
    noneMatters: "no single word moves that by a percent",
  },
  recorder: {
    title: "Record",
    microphone: "Microphone",
    standard: "Standard microphone",
    start: "Start recording",
    stop: "Stop and analyze",
    cancel: "Cancel",
    level: "Level",
    delay: (ms: number) => `${ms} ms behind`,
    listening: "Listening …",
    silence: "Silence",
    noise: "Noise or music, no emotion reported",
    name: (time: string) => `Recording ${time}`,
    live: "Live segments",
    provisional: "still going on",
  },
  exports: { page: "Save page", json: "Save JSON" },
  labels: {
    lane: (by: string, speaker: string | null) =>
      speaker === null ? `Labels of ${by}` : `Labels of ${by} for ${speaker}`,
    own: (speaker: string | null) =>
      `Your labels${speaker === null ? "" : ` for ${speaker}`}: keys 1 to 8 label what plays, arrow keys go from segment to segment, with Alt they move its end, with Alt and Shift its start, X cuts, Delete takes a label away`,
    of: (speaker: string | null) => (speaker === null ? "Labels" : `Labels for ${speaker}`),
    none: "no label",
    keys: "Labels and their keys",
    deleteKey: "Del",
    undo: "Undo",
    redo: "Redo",
    labeler: "Labeled by",
    count: (labeled: number, all: number) => `${labeled} of ${all} segments labeled.`,
    kept: "Kept in this browser as you go.",
    notKeptYet: "Not kept yet …",
    problems: {
      "storage-full":
        "The browser's storage is full: your last labels are in this tab only. Export them, or make room and change another one.",
      "not-kept":
        "Your last labels cannot be kept in this browser: export them before you close this tab.",
      "changed-elsewhere": "This has been changed in another tab since, and stays as it is.",
    },
    exports: {
      title: "Export",
      formats: {
        training: "Your labels, as train --data reads them",
        segments: "All segments and labels, for spreadsheets",
        parquet: "All segments and labels, for data frames (Parquet)",
        "label-studio": "Label Studio, tasks",
        "label-studio-interface": "Label Studio, labeling interface",
        textgrid: "Praat",
        elan: "ELAN",
        audacity: "Audacity labels",
        srt: "Subtitles, SubRip",
        vtt: "Subtitles, WebVTT",
      },
    },
  },
  teach: {
    title: "Teach a model of your own",
    lead: "Label segments in Analyze with the keys 1 to 8, choose a folder for each label, or speak for a few seconds. The model is trained here, and nothing is sent anywhere.",
    classes: "What it learns from",
    label: "Label",
    labeled: "Labeled",
    keptClips: "Added",
    recordings: "Recordings",
    add: "Add",
    record: (seconds: number) => `Record ${seconds} s`,
    recorded: (seconds: number) => `${seconds.toFixed(1)} s …`,
    of: (label: string) => `of ${label}`,
    remove: "Remove added",
    folder: "Add a folder for each label …",
    folderHint:
      "A folder with a folder for each label, such as happy/1.wav; or with one for each speaker around them, such as Ada/happy/1.wav, so that speakers can be held out.",
    reading: (done: number, total: number) => `Reading file ${done + 1} of ${total}`,
    leftOut: (files: readonly string[]) => `Left out: ${files.join("; ")}`,
    noFolders: "No sound file lies in a folder that names its label, such as happy/1.wav.",
    newLabel: "Another label",
    addLabel: "Add label",
    training: "Training",
    kind: "Model",
    kinds: {
      "linear-probe": "Linear probe over a speech encoder: seconds",
      "audio-cnn": "Mel CNN from scratch: slow, needs many clips",
    },
    encoder: "Encoder",
    encoders: {
      "moonshine-base": "Moonshine base, 21 MB",
      "moonshine-tiny": "Moonshine tiny, 8 MB",
      "moonshine-tiny-float": "Moonshine tiny in float, 31 MB",
    },
    epochs: "Epochs",
    name: "Name",
    train: "Train",
    cancel: "Cancel",
    starting: "Starting …",
    downloading: (done: number, total: number | null) =>
      `Downloading the encoder: ${(done / 1e6).toFixed(1)}${total === null ? "" : ` of ${(total / 1e6).toFixed(1)}`} MB`,
    features: (done: number, total: number) => `Features: ${done} of ${total} clips`,
    fit: (fit: number, total: number) => `Fit ${fit} of ${total}`,
    epoch: (epoch: number, epochs: number, clipsPerSec: number) =>
      `Epoch ${epoch} of ${epochs}, ${clipsPerSec.toFixed(1)} clips per second`,
    curve: (loss: number) => `Learning curve, loss now ${loss.toFixed(3)}`,
    loss: (loss: number) => `loss ${loss.toFixed(3)}`,
    validationUar: (uar: number) => `UAR on the held-out fold ${(100 * uar).toFixed(1)} %`,
    rule: "The score is of clips that were held out, by speaker where five or more are known, else by recording. There is one from five speakers or recordings on, with five clips of each label, from two of them or more.",
    result: "Your model",
    tooFew: "Too few to tell.",
    why: {
      groups: ({ have, need }: Counted) =>
        `${have} of ${need} recordings: a score of so few would be chance.`,
      "clips-of-label": ({ have, need, label }: Counted) =>
        `${have} of ${need} clips are ${label}.`,
      "groups-of-label": ({ label }: Counted) =>
        `All clips that are ${label} come from one recording: held out, none is left to learn from.`,
      "held-out-groups": ({ have, need }: Counted) =>
        `The held-out fold has ${have} of ${need} recordings. A linear probe holds out all of them in turn.`,
    },
    uar: (uar: number) => `UAR ${(100 * uar).toFixed(1)} %`,
    noInterval: "(no interval: resampled, all score the same)",
    interval: (low: number, high: number) =>
      `(95 % interval ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %)`,
    heldOut: {
      speaker: (groups: number, clips: number) =>
        `on ${clips} clips of ${groups} held-out speakers.`,
      recording: (groups: number, clips: number) =>
        `on ${clips} clips of ${groups} held-out recordings. Of speakers who are not in them, expect less.`,
    },
    confusion: "True labels in rows, predicted ones in columns, held-out clips",
    use: "Use in Analyze",
    download: "Download model",
    downloadWhole: "Download with its encoder",
    command: (name: string) =>
      `Test it on other recordings: undertone test ${name}.onnx --data TABLE.csv`,
    clipsOf: (count: number) => `${count} clips and what was predicted of them`,
    clip: "Clip of",
    heldOutPrediction: "Held out",
    prediction: "By the model",
  },
  ...localStrings,
};

/** So many where there must be more. */
interface Counted {
  readonly have: number;
  readonly need: number;
  readonly label: string | null;
}
