import { type ChannelOptions, logVerbosity, setLogVerbosity } from "@grpc/grpc-js";

// What grpc-js writes to the console its callers are told anyway. GRPC_VERBOSITY brings it back.
if (process.env.GRPC_VERBOSITY === undefined) setLogVerbosity(logVerbosity.NONE);

/** The limit of both sides of KubeEdge; a larger message is refused with a clear error instead of eating memory. */
export const longestMessage = 4 * 1024 * 1024;

/** What servers and clients have in common. */
export const channelOptions: ChannelOptions = {
  "grpc.max_receive_message_length": longestMessage,
  "grpc.max_send_message_length": longestMessage,
};
