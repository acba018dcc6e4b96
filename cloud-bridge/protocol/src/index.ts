export { messageOf, messages, wantsAcknowledgement } from "./catalogue.ts";
export { bridgeHeader, cloudHub, nodeSubject, sessionHeaders, sessionPath } from "./connection.ts";
export { type Envelope, formatEnvelope, type Header, parseEnvelope, type Route, type Stamp } from "./envelope.ts";
export { ProtocolError, type ProtocolErrorCode, protocolErrors } from "./errors.ts";
export type { Message, Sender } from "./message.ts";
export { authorityQuery } from "./messages/certificate-authority.ts";
export { type Member, type Membership, membership, membershipDetail } from "./messages/membership.ts";
export {
  type Answer,
  type AnswerResult,
  answer,
  type KubernetesObject,
  type ObjectChange,
  type ObjectRequest,
  objectChange,
  objectRequest,
} from "./messages/objects.ts";
export {
  confirmation,
  membershipQuery,
  type ReportedProperty,
  type ReportedValue,
  type StateReport,
  stateReport,
  type TwinReport,
  twinReport,
} from "./messages/reports.ts";
export {
  type ServiceCall,
  type ServiceReply,
  serviceCall,
  serviceReply,
  type TopicMessage,
  type TopicRule,
  topicPublish,
  topicRule,
  topicUpload,
} from "./messages/routing.ts";
export {
  type UrlCall,
  type UrlReply,
  type UrlRule,
  urlCall,
  urlReply,
  urlRule,
} from "./messages/service-urls.ts";
export {
  type Acknowledgement,
  acknowledgement,
  type ControlOperation,
  control,
  controlAnswer,
  keepalive,
  type Refusal,
  refusal,
} from "./messages/session.ts";
export {
  type DeviceName,
  formatObjectPath,
  formatReportPath,
  type ObjectPath,
  parseObjectPath,
  parseReportPath,
  type ReportKind,
} from "./resource-path.ts";
export { authorityHashOf, formatToken, isAuthority, type JoinToken, parseToken } from "./token.ts";
