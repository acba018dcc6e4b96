import { service, streaming, unary } from "../transport/service.ts";
import {
  callRequest,
  callResponse,
  describeRequest,
  description,
  discoverRequest,
  discoverResponse,
  empty,
  narrowRequest,
  narrowResponse,
  opened,
  openRequest,
  pushedValue,
  readRequest,
  readResponse,
  sessionRequest,
  turnRequest,
  watchRequest,
  writeRequest,
  yieldRequest,
} from "./messages.ts";

/**
 * Served by a mapper process beside KubeEdge's DeviceMapperService, for our own agent: the agent's device runner drives,
 * the process only opens, reads, writes and watches.
 */
export const mapperHost = service("edgetwin.v1.MapperHost", {
  /**
   * First what the process serves; then the stream stays open for as long as it does. Its end is how the agent notices
   * that the process stops.
   */
  describe: streaming(describeRequest, description),
  /** The model as a configuration narrows it. CONFIG_INVALID when it does not fit; touches no hardware. */
  narrow: unary(narrowRequest, narrowResponse),
  /** Opens a device and keeps it open for as long as the stream is: cancelling it, or losing the connection, closes it. */
  open: streaming(openRequest, opened),
  /** Closes a device, also one that is still being opened; answered when it has released everything. */
  close: unary(sessionRequest, empty),
  /** Reads properties; one that fails has an error and stops no other. What was not begun is absent from the answer. */
  read: unary(readRequest, readResponse),
  yield: unary(yieldRequest, empty),
  /** Answered when the driver returned. */
  write: unary(writeRequest, empty),
  /** What the device pushes for one property; ends with the device. */
  watch: streaming(watchRequest, pushedValue),
  call: unary(callRequest, callResponse),
  discover: streaming(discoverRequest, discoverResponse),
  /** Lets a search have the turn that it asked for; answered when it needs the bus no more. */
  takeTurn: unary(turnRequest, empty),
});
