import { CauseLog } from "./cause-log.tsx";
import { Chart } from "./chart.tsx";
import { usePage } from "./context.ts";
import { DeviceCard } from "./devices-page.tsx";

/** One device, with past and causes of the chosen property. */
export function DevicePage({ id, property }: { readonly id: string; readonly property: string | undefined }) {
  const { twins, t } = usePage();
  const device = twins.devices.get(id);
  if (!device) return <p class="empty">{twins.synced ? t("noMatch") : t("connecting")}</p>;
  const known = device.status.twins.map((twin) => twin.propertyName);
  const chosen = property !== undefined && known.includes(property) ? property : known[0];
  return (
    <>
      <p>
        <a href="#/">← {t("back")}</a>
      </p>
      <DeviceCard device={device} />
      {chosen !== undefined && (
        <section class="card">
          <label class="choose">
            {t("property")}
            <select
              value={chosen}
              onChange={({ currentTarget }) => {
                location.hash = `#/device/${id}/${encodeURIComponent(currentTarget.value)}`;
              }}
            >
              {known.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <Chart device={id} property={chosen} />
          <CauseLog device={id} property={chosen} />
        </section>
      )}
    </>
  );
}
