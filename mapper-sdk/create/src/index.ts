export { CreateError, type CreateErrorCode, createErrors } from "./errors.ts";
export { type MapperRequest, type MapperWorld, type NewMapper, newMapper } from "./new-mapper.ts";
export { nextSteps } from "./next-steps.ts";
export { openTerminal, type Terminal } from "./terminal.ts";
