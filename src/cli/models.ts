import { defineCommand } from "citty";

/** `undertone models`: published weights on this machine. */
export const modelsCommand = defineCommand({
  meta: {
    name: "models",
    description: "Download, check and delete the published models that undertone uses",
  },
  subCommands: {
    list: async () => (await import("./models-list.ts")).listCommand,
    pull: async () => (await import("./models-pull.ts")).pullCommand,
    remove: async () => (await import("./models-remove.ts")).removeCommand,
    verify: async () => (await import("./models-verify.ts")).verifyCommand,
  },
});
