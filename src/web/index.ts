export { UndertoneError } from "../shared/errors.ts";
