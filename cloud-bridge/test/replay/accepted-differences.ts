/** A difference between CloudCore and the hub that is meant. */
export interface AcceptedDifference {
  /** As docs/reference/cloud-hub.md has it. */
  readonly title: string;
  /** Lines of `differences`, with the name of the recording before them. */
  readonly pattern: RegExp;
}

/** Every accepted difference; the page says why. */
export const acceptedDifferences: readonly AcceptedDifference[] = [
  {
    title: "The question for the devices of a node is answered",
    pattern: /: twin get membership\/detail: CloudCore undefined, hub devicecontroller twin response twin "OK"$/,
  },
  {
    title: "What an answer carried is not sent again",
    pattern: /^cloudcore-session-node: null\/node\/rec-1: CloudCore \[.* 14634\], hub \[14613 14617 14620 14624\]$/,
  },
  {
    title: "Requests that are not the node's business are answered with Forbidden",
    pattern: /: edged (query|update) \S+: CloudCore .*hub edgecontroller resource response \S+ \S+ Forbidden 403 /,
  },
  {
    title: "Requests about objects that a node may not read are answered",
    pattern:
      /^cloudcore-session-refused: edged query rec-wire\/configmap\/x: CloudCore undefined, hub .* NotFound 404 /,
  },
  {
    title: "Reports need no rights of the node at the API",
    pattern: /^cloudcore-session-refused: twin update device\/rec-wire\/rf-1\/.*: CloudCore undefined, hub .* "OK"$/,
  },
  {
    title: "A client that shows the authority's certificate too is let in",
    pattern: /^cloudcore-session-refused: edged query null\/node\/rec-1: CloudCore undefined, hub .* NotFound 404 /,
  },
  {
    title: "A node reports only its own devices",
    pattern: /^cloudcore-session-second-connection: twin update device\/rec-wire\/se-1\/.* "OK", hub undefined$/,
  },
  {
    title: "The authority of Kubernetes is answered for by another sender",
    pattern: /: metaserver query k8s\/ca\.crt: CloudCore cloudhub (.*), hub edgecontroller \1$/,
  },
  {
    title: "A device that moved away is deleted at its old node",
    pattern: /: rec-wire\/device\/of-moved: CloudCore \[14402 14444 14485 gone\], hub \[14402 gone\]$/,
  },
  {
    title: "Nothing is deleted that the edge never got",
    pattern:
      /: \S+\/device\/\S+: CloudCore \[gone( \d+)?\], hub \[\1?\]$|device\/lamp-\d: CloudCore \[gone (\d+)\], hub \[\2\]$/,
  },
];
