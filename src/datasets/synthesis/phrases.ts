import type { Emotion } from "../../shared/emotions.ts";

/** Beginnings and endings whose every combination is a line that somebody in the emotion might say. */
export const phrases: Readonly<Record<Emotion, readonly [readonly string[], readonly string[]]>> = {
  neutral: [
    ["The meeting starts", "The train leaves", "The shop opens", "My shift begins"],
    ["at half past nine.", "on Tuesday, as usual.", "in about an hour.", "right after lunch."],
  ],
  calm: [
    ["Take your time,", "Breathe slowly,", "Sit down for a while,", "There is no hurry,"],
    ["all is quiet now.", "the evening is long.", "we have the whole day.", "it can wait."],
  ],
  happy: [
    ["I am so glad", "It makes me smile", "What a wonderful feeling", "I love it"],
    ["that we won!", "to have you all here!", "that spring is back!", "when the children sing!"],
  ],
  sad: [
    ["I miss her so much", "I cried all night", "My heart is heavy", "I feel so alone"],
    ["since she left.", "now that it is over.", "after the funeral.", "in this empty house."],
  ],
  angry: [
    ["I am sick of it,", "How dare you,", "Stop it right now,", "This makes me furious,"],
    ["you lied to me!", "get out of here!", "you ruined everything!", "I hate this!"],
  ],
  fearful: [
    ["Please don't leave me,", "I am so scared,", "Did you hear that?", "My hands are shaking,"],
    ["somebody is in the house.", "it is getting closer.", "we must run.", "I heard a scream."],
  ],
  disgust: [
    ["That is revolting,", "How gross,", "It makes me sick,", "Take it away,"],
    ["it smells rotten.", "there is mould on it.", "it is full of maggots.", "it tastes foul."],
  ],
  surprised: [
    ["Oh my goodness,", "No way,", "I can't believe it,", "Wow,"],
    ["you are here already!", "nobody told me!", "where did that come from?", "it really works!"],
  ],
};

/** Lines of any emotion: only the voice tells. */
export const plainLines: readonly string[] = [
  "Well, that is how it is.",
  "You know what I mean.",
  "I told them yesterday.",
  "It was the same last year.",
  "So that is what happened.",
  "They will be here soon.",
];
