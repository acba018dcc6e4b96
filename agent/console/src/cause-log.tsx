import { useEffect, useState } from "preact/hooks";
import { ask, pathOf } from "./agent.ts";
import { usePage } from "./context.ts";
import { showTime, showValue } from "./format.ts";
import type { Cause } from "./json.ts";

/** Who changed a property, when, through which door, with which result; newest first. */
export function CauseLog({ device, property }: { readonly device: string; readonly property: string }) {
  const { twins, now, language, t } = usePage();
  const [causes, setCauses] = useState<readonly Cause[]>([]);
  const twin = twins.devices.get(device)?.status.twins.find((one) => one.propertyName === property);
  // A change of these is what the log has a new line for.
  const { phase, phaseAt, desired } = twin ?? {};
  useEffect(() => {
    let over = false;
    ask<{ readonly items: readonly Cause[] }>(`${pathOf(device, property)}/causes`).then(
      ({ items }) => over || setCauses([...items].reverse()),
      () => undefined, // shown by the page: the agent does not answer
    );
    return () => {
      over = true;
    };
  }, [device, property, phase, phaseAt, desired?.version]);
  return (
    <section aria-label={t("causes")}>
      <h3>{t("causes")}</h3>
      {causes.length === 0 && <p class="empty">{t("noCauses")}</p>}
      <ol class="causes">
        {causes.map(({ seq, at, by, what, value, reason }) => (
          <li key={seq}>
            <time dateTime={at}>{showTime(at, now, language)}</time>
            <b> {what}</b> {value !== undefined && showValue(value)}
            <small>
              {by.door} {by.actor}
            </small>
            {reason !== undefined && <em>{reason}</em>}
          </li>
        ))}
      </ol>
    </section>
  );
}
