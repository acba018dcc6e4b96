import { MapperError } from "../errors.ts";

/** `cause` when it is ours already, else `SINK_UNAVAILABLE` around it: what is not known to be hopeless is tried again. */
export function sinkErrorOf(cause: unknown): MapperError {
  if (cause instanceof MapperError) return cause;
  return new MapperError("SINK_UNAVAILABLE", innermost(cause), { cause });
}

/** `fetch failed` and an AggregateError of both address families say nothing; what they wrap does. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (inner instanceof Error) return innermost(inner);
  return error.message || ("code" in error ? String(error.code) : error.name);
}
