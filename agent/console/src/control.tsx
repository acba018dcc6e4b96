import { useState } from "preact/hooks";
import { AgentFailure, ask, pathOf } from "./agent.ts";
import { usePage } from "./context.ts";
import { controlOf } from "./control-kind.ts";
import { showUnit } from "./format.ts";
import type { Json, Twin } from "./json.ts";

/** Changes a property: a switch, a choice, a slider or a field, as its model says. */
export function Control({ device, twin }: { readonly device: string; readonly twin: Twin }) {
  const { session, logIn, sessionEnded, t } = usePage();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const name = `${t("desired")}: ${twin.propertyName}`;
  const value = twin.desired?.value ?? twin.reported?.value;

  const change = async (desired: Json) => {
    if (!session.mayWrite) return logIn();
    setBusy(true);
    try {
      await ask(pathOf(device, twin.propertyName), { method: "PATCH", body: { desired } });
      setProblem(undefined);
    } catch (error) {
      if (!(error instanceof AgentFailure)) throw error;
      if (error.status === 401) sessionEnded();
      setProblem(error.message);
    } finally {
      setBusy(false);
    }
  };
  const parts = { twin, name, value, disabled: busy, change };
  return (
    <div class="control">
      <Input {...parts} />
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

interface Parts {
  readonly twin: Twin;
  readonly name: string;
  readonly value: Json | undefined;
  readonly disabled: boolean;
  readonly change: (value: Json) => void;
}

function Input(parts: Parts) {
  switch (controlOf(parts.twin)) {
    case "switch":
      return <Switch {...parts} />;
    case "choice":
      return <Choice {...parts} />;
    case "slider":
      return <Slider {...parts} />;
    case "field":
      return <Field {...parts} />;
  }
}

function Switch({ twin, name, value, disabled, change }: Parts) {
  const { t } = usePage();
  const [off, on]: readonly [Json, Json] =
    twin.type === "BOOLEAN" ? [false, true] : [twin.options?.find(isOff) ?? "OFF", twin.options?.find(isOn) ?? "ON"];
  const isActive = value === on;
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={isActive}
      aria-label={name}
      disabled={disabled}
      onClick={() => change(isActive ? off : on)}
    >
      <span class="knob" />
      <span class="word">{isActive ? t("on") : t("off")}</span>
    </button>
  );
}

const isOn = (option: string) => option.toUpperCase() === "ON";
const isOff = (option: string) => option.toUpperCase() === "OFF";

function Choice({ twin, name, value, disabled, change }: Parts) {
  return (
    <select
      aria-label={name}
      disabled={disabled}
      value={value === undefined ? "" : String(value)}
      onChange={({ currentTarget }) => change(currentTarget.value)}
    >
      {value === undefined && <option value="">–</option>}
      {twin.options?.map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  );
}

function Slider({ twin, name, value, disabled, change }: Parts) {
  const [moving, setMoving] = useState<number>();
  const [min, max] = [Number(twin.min), Number(twin.max)];
  const shown = moving ?? Number(value ?? min);
  return (
    <span class="slider">
      <input
        type="range"
        aria-label={name}
        min={min}
        max={max}
        step={twin.type === "INT" ? 1 : (max - min) / 100}
        value={shown}
        disabled={disabled}
        onInput={({ currentTarget }) => setMoving(Number(currentTarget.value))}
        onChange={({ currentTarget }) => {
          setMoving(undefined);
          change(Number(currentTarget.value));
        }}
      />
      <output>
        {shown}
        {twin.unit && ` ${showUnit(twin.unit)}`}
      </output>
    </span>
  );
}

function Field({ twin, name, value, disabled, change }: Parts) {
  const { t } = usePage();
  const [typed, setTyped] = useState<string>();
  const number = twin.type === "INT" || twin.type === "FLOAT" || twin.type === "DOUBLE";
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        change(typed ?? String(value ?? ""));
        setTyped(undefined);
      }}
    >
      <input
        aria-label={name}
        inputMode={number ? "decimal" : "text"}
        value={typed ?? String(value ?? "")}
        disabled={disabled}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <button type="submit" disabled={disabled || typed === undefined}>
        {t("set")}
      </button>
    </form>
  );
}
