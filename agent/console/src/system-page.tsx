import type { ComponentChildren } from "preact";
import { usePage } from "./context.ts";
import { showAge, showBytes } from "./format.ts";
import type { Cloud, Mapper, System } from "./json.ts";
import { usePolled } from "./polled.ts";

const dayMs = 86_400_000;
/** What a start writes says nothing about a day. */
const tellingMs = 3_600_000;

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
  const ranMs = now - Date.parse(system.startedAt);
  const rate = t("perDay", showBytes(Math.round((written / ranMs) * dayMs)));
  const { state, reason } = store.condition;
  return (
    <Facts
      title={t("card")}
      rows={[
        [t("state"), reason === undefined ? state : <em class="problem">{reason}</em>],
        [t("written"), ranMs < tellingMs ? showBytes(written) : `${showBytes(written)} · ${rate}`],
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

interface TableParts {
  readonly title: string;
  readonly columns: readonly string[];
  /** The first cell names the row. */
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** Said when there are no rows. */
  readonly empty?: string;
}

function TableCard({ title, columns, rows, empty }: TableParts) {
  return (
    <section class="card">
      <h2>{title}</h2>
      {rows.length === 0 && <p class="empty">{empty}</p>}
      {rows.length > 0 && (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, ...cells]) => (
                <tr key={String(name)}>
                  <th scope="row">{name}</th>
                  {cells.map((cell, index) => (
                    <td key={columns[index + 1]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function MappersCard({ mappers }: { readonly mappers: readonly Mapper[] }) {
  const { t } = usePage();
  const rows = mappers.map(({ name, state, home, reason, devices, process }) => [
    name,
    <span key="state" title={reason}>
      {state} ({home})
    </span>,
    devices,
    process?.rssBytes === undefined ? "–" : showBytes(process.rssBytes),
    process?.restarts ?? "–",
  ]);
  const columns = [t("mapper"), t("state"), t("devices"), t("memory"), t("restarts")];
  return <TableCard title={t("mappers")} columns={columns} rows={rows} />;
}

function BusesCard({ buses }: { readonly buses: System["buses"] }) {
  const { t } = usePage();
  const rows = buses.map(({ bus, queueLength, requests, failed, missedPolls }) => [
    bus,
    queueLength,
    requests,
    `${failed} (${requests === 0 ? 0 : ((failed / requests) * 100).toFixed(1)} %)`,
    missedPolls,
  ]);
  const columns = [t("bus"), t("waiting"), t("requests"), t("failed"), t("missed")];
  return <TableCard title={t("buses")} columns={columns} rows={rows} empty={t("noBuses")} />;
}
