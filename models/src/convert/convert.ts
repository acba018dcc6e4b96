import { ModelError } from "../errors.ts";
import { type ApiVersion, type Resource, versionOf } from "../resource.ts";
import type * as v1beta1 from "../v1beta1.ts";
import type { ConversionContext } from "./context.ts";
import { deviceFromV1beta1, deviceToV1beta1 } from "./device.ts";
import { statusFromV1beta1, statusToV1beta1 } from "./device-status.ts";
import { diff, patch } from "./edits.ts";
import type { Fields } from "./json.ts";
import { remainderOf, withAnnotations, withoutRemainder, withRemainder } from "./metadata.ts";
import { type Conversion, modelFromV1beta1, modelToV1beta1 } from "./model.ts";

type Legacy = Exclude<ApiVersion, "v1beta1">;
/** The members of a union of resources that are of a kind. */
type Of<T, K> = Extract<T, { readonly kind: K }>;

type V1beta1 = v1beta1.DeviceModel | v1beta1.Device | v1beta1.DeviceStatus;

/**
 * The resource in v1beta1, the storage version. What v1beta1 has no field for stays in annotations (docs/reference/
 * device-api.md), so that `fromV1beta1` gives back exactly the same; what people change in between wins over it. The
 * resource must have passed `validateResource` or `parseManifests`.
 */
export function toV1beta1<R extends Resource>(resource: R, context: ConversionContext = {}): Of<V1beta1, R["kind"]> {
  const version = versionOf(resource);
  if (version === "v1beta1") return resource as unknown as Of<V1beta1, R["kind"]>;
  const conversion = { version, context };
  const original = resource as unknown as Fields;
  const plain = up(original, conversion);
  const restored = patch(plain, remainderOf(original, "v1beta1", context.warn)) as Fields;
  const lost = diff(down(restored, quiet(conversion)), withoutRemainder(original, "v1beta1"));
  return withRemainder(restored, version, lost) as unknown as Of<V1beta1, R["kind"]>;
}

/**
 * The v1beta1 resource in another version; the counterpart of `toV1beta1`, exact in the same way.
 *
 * @throws ModelError `CONVERSION_UNSUPPORTED` for a DeviceStatus in v1alpha1, which has none.
 */
export function fromV1beta1<R extends V1beta1>(
  resource: R,
  version: ApiVersion,
  context: ConversionContext = {},
): Of<Resource, R["kind"]> {
  if (version === "v1beta1") return resource as unknown as Of<Resource, R["kind"]>;
  if (resource.kind === "DeviceStatus" && version === "v1alpha1") {
    const message = "v1alpha1 has no DeviceStatus; read the twins from the status of the Device";
    throw new ModelError("CONVERSION_UNSUPPORTED", [
      { severity: "error", path: "kind", value: resource.kind, message },
    ]);
  }
  const conversion = { version, context };
  const original = resource as unknown as Fields;
  const plain = down(original, conversion);
  const restored = patch(plain, remainderOf(original, version, context.warn)) as Fields;
  const lost = diff(up(restored, quiet(conversion)), withoutRemainder(original, version));
  return withRemainder(restored, "v1beta1", lost) as unknown as Of<Resource, R["kind"]>;
}

/** The way back is only tried out: what it cannot say is nobody's concern yet. */
const quiet = ({ version, context: { models, devices } }: Conversion): Conversion => ({
  version,
  context: { ...(models && { models }), ...(devices && { devices }) },
});

/** By the rules alone, without remainders; `down` likewise. Each forgets what the other cannot give back. */
function up(resource: Fields, conversion: Conversion): Fields {
  const bare = withoutRemainders(resource, conversion.version);
  if (bare.kind === "DeviceModel") return modelToV1beta1(bare, conversion);
  return bare.kind === "Device" ? deviceToV1beta1(bare, conversion) : statusToV1beta1(bare);
}

function down(resource: Fields, conversion: Conversion): Fields {
  const bare = withoutRemainders(resource, conversion.version);
  if (bare.kind === "DeviceModel") return modelFromV1beta1(bare, conversion);
  return bare.kind === "Device" ? deviceFromV1beta1(bare, conversion) : statusFromV1beta1(bare);
}

/** Without empty `annotations` either: a remainder that is added and taken away again leaves none behind. */
const withoutRemainders = (resource: Fields, version: Legacy): Fields =>
  withAnnotations(withoutRemainder(withoutRemainder(resource, "v1beta1"), version), {});
