import { usePage } from "./context.ts";
import { Control } from "./control.tsx";
import { showAge, showValue } from "./format.ts";
import type { Twin } from "./json.ts";
import { Sparkline } from "./sparkline.tsx";

/** One property of a device: what it reports, how old and how good that is, and how to change it. */
export function PropertyRow({ device, twin }: { readonly device: string; readonly twin: Twin }) {
  const { now, t } = usePage();
  const { propertyName, reported, desired, access, unit } = twin;
  const quality = reported?.quality ?? "stale";
  return (
    <li class="property" data-property={propertyName}>
      <a class="name" href={`#/device/${device}/${encodeURIComponent(propertyName)}`}>
        {propertyName}
      </a>
      <span class={`value quality-${quality}`} title={reported?.reason}>
        {showValue(reported?.value, unit)}
        {reported && (
          <small>
            {quality !== "good" && `${t(`quality_${quality}`)} · `}
            {t("ago", showAge(now - Date.parse(reported.at)))}
          </small>
        )}
      </span>
      <Sparkline device={device} twin={twin} />
      {access === "rw" && <Control device={device} twin={twin} />}
      {desired && <Change twin={twin} />}
    </li>
  );
}

/** How far a desired value got, and why no further. */
function Change({ twin }: { readonly twin: Twin }) {
  const { t } = usePage();
  const { desired, phase = "pending", reason, unit } = twin;
  return (
    <span class={`phase phase-${phase}`} role="status">
      {showValue(desired?.value, unit)} {t(`phase_${phase}`)}
      {reason !== undefined && phase !== "verified" && <em>{reason}</em>}
    </span>
  );
}
