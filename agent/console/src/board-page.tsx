import { usePage } from "./context.ts";
import { showValue } from "./format.ts";
import { type HeaderPin, headerPins, userOf } from "./header-pins.ts";
import type { Json, Line, System } from "./json.ts";
import { usePolled } from "./polled.ts";

/** The board: its header with what every line shows and who holds it, and lines that are elsewhere. */
export function BoardPage() {
  const { t } = usePage();
  const { answer: system } = usePolled<System>("/api/v1/system");
  if (!system) return <p class="empty">{t("connecting")}</p>;
  const pins = headerPins(system.lines);
  const elsewhere = system.lines.filter(({ pin, holder }) => pin === undefined && holder !== undefined);
  return (
    <section class="card">
      <h2>{system.board}</h2>
      {pins.length === 0 && elsewhere.length === 0 && <p class="empty">{t("noLines")}</p>}
      {pins.length > 0 && (
        <ol class="header" aria-label={t("board")}>
          {pins.map((pin) => (
            <Pin key={pin.pin} {...pin} />
          ))}
        </ol>
      )}
      {elsewhere.length > 0 && (
        <ul class="lines">
          {elsewhere.map((line) => (
            <Elsewhere key={line.name} line={line} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Pin({ pin, kind, name, line, user }: HeaderPin) {
  const { t } = usePage();
  const value = useValue(user);
  const state = user ? `used ${isActive(value) ? "active" : "idle"}` : line?.holder === undefined ? "" : "used";
  return (
    <li class={`pin kind-${kind} ${state} ${pin % 2 === 0 ? "right" : "left"}`} data-pin={pin}>
      <span class="number">{pin}</span>
      <span class="dot" aria-hidden="true" />
      <span class="label">
        <b>{kind === "ground" ? t("ground") : name || t("reserved")}</b>
        {user && (
          <a href={`#/device/${user.device}/${encodeURIComponent(user.property)}`}>
            {user.device.split("/")[1]} {user.property}: {showValue(value)}
          </a>
        )}
        {!user && line?.holder !== undefined && <small>{line.holder}</small>}
      </span>
    </li>
  );
}

function Elsewhere({ line }: { readonly line: Line }) {
  const user = userOf(line.holder);
  const value = useValue(user);
  return (
    <li>
      <b>{line.name}</b> {line.holder} {user && showValue(value)}
    </li>
  );
}

/** What the property that holds a line reports now. */
function useValue(user: HeaderPin["user"]): Json | undefined {
  const { twins } = usePage();
  const device = user && twins.devices.get(user.device);
  return device?.status.twins.find(({ propertyName }) => propertyName === user?.property)?.reported?.value;
}

const isActive = (value: Json | undefined): boolean =>
  value === true ||
  (typeof value === "number" && value > 0) ||
  (typeof value === "string" && value.toUpperCase() === "ON");
