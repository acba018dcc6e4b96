import { useMemo, useState } from "preact/hooks";
import { usePage } from "./context.ts";
import type { Device } from "./json.ts";
import { PropertyRow } from "./property-row.tsx";
import { idOf } from "./twins.ts";

/** More cards at once than anybody scrolls through; searching finds the others. */
const mostCards = 50;

/** All devices as cards, the troubled ones first. */
export function DevicesPage() {
  const { twins, t } = usePage();
  const [wanted, setWanted] = useState("");
  const devices = useMemo(
    () =>
      [...twins.devices]
        .filter(([, device]) => matches(device, wanted))
        .map(([, device]) => device)
        .sort(byTrouble),
    [twins.devices, wanted],
  );
  if (twins.synced && twins.devices.size === 0) return <p class="empty">{t("noDevices")}</p>;
  return (
    <>
      {twins.devices.size > 6 && (
        <input
          type="search"
          class="search"
          aria-label={t("search")}
          placeholder={`${t("search")} (${twins.devices.size})`}
          value={wanted}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      )}
      {devices.length === 0 && twins.synced && <p class="empty">{t("noMatch")}</p>}
      <div class="cards">
        {devices.slice(0, mostCards).map((device) => (
          <DeviceCard key={idOf(device)} device={device} />
        ))}
      </div>
      {devices.length > mostCards && <p class="empty">+ {devices.length - mostCards}</p>}
    </>
  );
}

/** Words of a search, each in the name of the device, its model or a property. */
function matches({ metadata, spec, status }: Device, wanted: string): boolean {
  const text = [
    metadata.name,
    metadata.namespace,
    spec.deviceModelRef?.name,
    ...status.twins.map((twin) => twin.propertyName),
  ]
    .join(" ")
    .toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const isTroubled = ({ status }: Device): boolean =>
  status.mapper.state === "waiting" || status.mapper.state === "refused";

const byTrouble = (a: Device, b: Device): number =>
  Number(isTroubled(b)) - Number(isTroubled(a)) || idOf(a).localeCompare(idOf(b));

/** A device with all its properties. */
export function DeviceCard({ device }: { readonly device: Device }) {
  const id = idOf(device);
  const { mapper, reason, twins } = device.status;
  const why = mapper.reason ?? reason;
  return (
    <section class={`card state-${mapper.state}`} aria-labelledby={id} data-device={id}>
      <h2 id={id}>
        <a href={`#/device/${id}`}>{device.metadata.name}</a>
        <small>{device.spec.deviceModelRef?.name}</small>
        <span class="badge">{mapper.state}</span>
      </h2>
      {why !== undefined && mapper.state !== "online" && <p class="problem">{why}</p>}
      <ul>
        {twins.map((twin) => (
          <PropertyRow key={twin.propertyName} device={id} twin={twin} />
        ))}
      </ul>
    </section>
  );
}
