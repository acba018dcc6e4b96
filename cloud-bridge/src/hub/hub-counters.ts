/** What the hub counts since it started. */
export interface HubCounters {
  /** Connections that became sessions. */
  connections: number;
  /** Connections refused before they became sessions. */
  refusedConnections: number;
  /** Sessions that another connection of the same node ended. */
  replacedSessions: number;
  /** Sessions that ended for want of a keepalive. */
  silentSessions: number;
  receivedFrames: number;
  /** Frames that were no message, or whose content was not what their route promised. */
  invalidFrames: number;
  sentFrames: number;
  /** Objects sent, those sent again included. */
  sentObjects: number;
  resentObjects: number;
  acknowledgedObjects: number;
  /** Objects that an edge said it could not store. */
  refusedObjects: number;
  storedReports: number;
  /** Reports confirmed without being stored, since newer ones were. */
  staleReports: number;
  /** Reports about devices that are not the node's. */
  foreignReports: number;
  /** Reports that could not be stored, and so were not confirmed. */
  failedReports: number;
  requests: number;
  /** Times that reading stopped since an edge sent too much. */
  throttled: number;
}

export const newCounters = (): HubCounters => ({
  connections: 0,
  refusedConnections: 0,
  replacedSessions: 0,
  silentSessions: 0,
  receivedFrames: 0,
  invalidFrames: 0,
  sentFrames: 0,
  sentObjects: 0,
  resentObjects: 0,
  acknowledgedObjects: 0,
  refusedObjects: 0,
  storedReports: 0,
  staleReports: 0,
  foreignReports: 0,
  failedReports: 0,
  requests: 0,
  throttled: 0,
});
