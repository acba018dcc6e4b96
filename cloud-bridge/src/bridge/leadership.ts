/** Whether this replica does what only one may do. */
export interface Leadership {
  readonly isLeader: boolean;
  /** Whether there are no other replicas, by configuration. */
  readonly isAlone: boolean;
  /** Tells each change. Returns how to stop. */
  subscribe(listener: (isLeader: boolean) => void): () => void;
}

/** The leadership of a bridge that is alone. */
export const alone: Leadership = { isLeader: true, isAlone: true, subscribe: () => () => {} };
