import type { ApiObject } from "../api-object.ts";
import type { ServedResource } from "../resources/served-resource.ts";
import { parseFieldSelector } from "../selectors/field-selector.ts";
import { parseLabelSelector } from "../selectors/label-selector.ts";

/** Which objects of a resource a list or watch is about. */
export interface Selection {
  /** All namespaces when missing. */
  readonly namespace?: string;
  /** The one object that can match. */
  readonly name?: string;
  /** Missing when every object matches, so that nobody has to look. */
  readonly matches?: (object: ApiObject) => boolean;
}

/**
 * Reads the selectors of a request.
 *
 * @throws BridgeError `KUBERNETES` 400 for one that cannot be read.
 */
export function readSelection(query: URLSearchParams, resource: ServedResource, namespace: string): Selection {
  const labels = query.get("labelSelector") ?? "";
  const fields = query.get("fieldSelector") ?? "";
  const ofPlace = namespace === "" ? {} : { namespace };
  if (labels === "" && fields === "") return ofPlace;
  const byLabels = parseLabelSelector(labels);
  const selectable = [
    "metadata.name",
    ...(resource.namespaced ? ["metadata.namespace"] : []),
    ...resource.selectableFields,
  ];
  const byFields = parseFieldSelector(fields, selectable);
  return {
    ...ofPlace,
    ...(byFields.name !== undefined && { name: byFields.name }),
    matches: (object) => byLabels(object.metadata.labels ?? {}) && byFields.matches(object),
  };
}
