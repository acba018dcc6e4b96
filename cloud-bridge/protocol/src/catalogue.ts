import type { Envelope } from "./envelope.ts";
import type { Message, Sender } from "./message.ts";
import { authorityQuery } from "./messages/certificate-authority.ts";
import { membership, membershipDetail } from "./messages/membership.ts";
import { answer, objectChange, objectRequest } from "./messages/objects.ts";
import { confirmation, membershipQuery, stateReport, twinReport } from "./messages/reports.ts";
import { serviceCall, serviceReply, topicPublish, topicRule, topicUpload } from "./messages/routing.ts";
import { urlCall, urlReply, urlRule } from "./messages/service-urls.ts";
import { acknowledgement, control, controlAnswer, keepalive, refusal } from "./messages/session.ts";

/** Every message of the protocol. Of one sender, the first that matches is meant. */
export const messages: readonly Message<never>[] = [
  keepalive,
  control,
  serviceReply,
  acknowledgement,
  refusal,
  twinReport,
  stateReport,
  membershipQuery,
  authorityQuery,
  objectRequest,
  topicUpload,
  urlCall,
  controlAnswer,
  urlReply,
  confirmation,
  answer,
  membership,
  membershipDetail,
  objectChange,
  topicRule,
  topicPublish,
  serviceCall,
  urlRule,
] as unknown as readonly Message<never>[];

/** The kind of a message that `sender` sent, or undefined for one that we do not know and may ignore. */
export function messageOf(sender: Sender, envelope: Envelope): Message<unknown> | undefined {
  return messages.find((message) => message.sender === sender && message.matches(envelope)) as
    | Message<unknown>
    | undefined;
}

/** Whether the edge must acknowledge a message of the cloud: everything in this group, known or not. */
export const wantsAcknowledgement = ({ route }: Envelope): boolean => route.group === "resource";
