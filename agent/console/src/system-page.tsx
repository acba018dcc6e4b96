import type { ComponentChildren } from "preact";
import { usePage } from "./context.ts";
import { showAge, showBytes } from "./format.ts";
import type { Cloud, Mapper, System } from "./json.ts";
import { usePolled } from "./polled.ts";

const dayMs = 86_400_000;

/** The agent and what it runs on: card, cloud, mappers, buses. */
export function SystemPage() {
  const { t } = usePage();
  const { answer: system } = usePolled<System>("/api/v1/system");
  const { answer: mappers } = usePolled<{ readonly items: readonly Mapper[] }>("/api/v1/mappers");
  const { answer: cloud } = usePolled<Cloud>("/api/v1/cloud");
  if (!system) return <p class="empty">{t("connecting")}</p>;
  return (
    <div class="cards">
      <AgentCard system={system} />
      <CardCard system={system} />
      <CloudCard cloud={cloud} />
      <MappersCard mappers={mappers?.items ?? []} />
      <BusesCard buses={system.buses} />
    </div>
  );
}

function Facts({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly (readonly [string, ComponentChildren])[];
}) {
  return (
    <section class="card">
      <h2>{title}</h2>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function AgentCard({ system }: { readonly system: System }) {
  const { now, t } = usePage();
  return (
    <Facts
      title={t("agent")}
      rows={[
        [t("node"), system.node],
        [t("version"), `${system.version} (Node.js ${system.nodejs})`],
        [t("running"), showAge(now - Date.parse(system.startedAt))],
        [t("memory"), showBytes(system.memory.residentBytes)],
      ]}
    />
  );
}

function CardCard({ system }: { readonly system: System }) {
  const { now, t } = usePage();
  const { store, history } = system;
  const written = Object.values(store.bytesWritten).reduce((sum, bytes) => sum + bytes, 0);
  const ranMs = Math.max(60_000, now - Date.parse(system.startedAt));
  const { state, reason } = store.condition;
  return (
    <Facts
      title={t("card")}
      rows={[
        [t("state"), reason === undefined ? state : <em class="problem">{reason}</em>],
        [t("written"), `${showBytes(written)} · ${t("perDay", showBytes(Math.round((written / ranMs) * dayMs)))}`],
        [t("database"), showBytes(store.databaseBytes + store.walBytes)],
        [t("history"), history ? showBytes(history.fileBytes) : "–"],
      ]}
    />
  );
}

function CloudCard({ cloud }: { readonly cloud: Cloud | undefined }) {
  const { t } = usePage();
  if (!cloud || cloud.state === "none") return <Facts title={t("cloud")} rows={[[t("state"), t("noCloud")]]} />;
  return (
    <Facts
      title={t("cloud")}
      rows={[
        [t("state"), cloud.state],
        ...(cloud.server === undefined ? [] : [["", cloud.server] as const]),
        ...(cloud.reason === undefined ? [] : [["!", cloud.reason] as const]),
        [t("waiting"), String(cloud.devicesWaiting ?? 0)],
      ]}
    />
  );
}

function MappersCard({ mappers }: { readonly mappers: readonly Mapper[] }) {
  const { t } = usePage();
  return (
    <section class="card">
      <h2>{t("mappers")}</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              {[t("mapper"), t("state"), t("devices"), t("memory"), t("restarts")].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {mappers.map((mapper) => (
              <tr key={mapper.name}>
                <th scope="row">{mapper.name}</th>
                <td title={mapper.reason}>
                  {mapper.state} ({mapper.home})
                </td>
                <td>{mapper.devices}</td>
                <td>{mapper.process?.rssBytes === undefined ? "–" : showBytes(mapper.process.rssBytes)}</td>
                <td>{mapper.process?.restarts ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function BusesCard({ buses }: { readonly buses: System["buses"] }) {
  const { t } = usePage();
  return (
    <section class="card">
      <h2>{t("buses")}</h2>
      {buses.length === 0 && <p class="empty">{t("noBuses")}</p>}
      {buses.length > 0 && (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                {[t("bus"), t("waiting"), t("requests"), t("failed"), t("missed")].map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {buses.map((bus) => (
                <tr key={bus.bus}>
                  <th scope="row">{bus.bus}</th>
                  <td>{bus.queueLength}</td>
                  <td>{bus.requests}</td>
                  <td>
                    {bus.failed} ({bus.requests === 0 ? 0 : ((bus.failed / bus.requests) * 100).toFixed(1)} %)
                  </td>
                  <td>{bus.missedPolls}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
