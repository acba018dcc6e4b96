import { useState } from "preact/hooks";
import { pathOf } from "./agent.ts";
import { bandPaths, linePath, rangeOf } from "./chart-path.ts";
import { usePage } from "./context.ts";
import { showNumber, showTime, showUnit } from "./format.ts";
import type { Past } from "./json.ts";
import { usePolled } from "./polled.ts";
import type { Text } from "./texts.ts";

const spans: readonly (readonly [text: Text, from: string])[] = [
  ["hour", "1h"],
  ["day", "24h"],
  ["week", "168h"],
  ["month", "744h"],
  ["year", "8760h"],
];
const box = { width: 640, height: 180 };
const points = 160;
const refreshMs = 30_000;

/** The past of a property over a chosen span: a band with its mean, or the list of states. */
export function Chart({ device, property }: { readonly device: string; readonly property: string }) {
  const { t } = usePage();
  const [span, setSpan] = useState(0);
  const [text, from] = spans[span] ?? ["hour", "1h"];
  const path = `${pathOf(device, property)}/history?from=${from}&points=${points}`;
  const { answer: past, problem } = usePolled<Past>(path, refreshMs);
  return (
    <section class="history" aria-label={t("history")}>
      <h3>{t("history")}</h3>
      <fieldset class="spans" aria-label={t("span")}>
        {spans.map(([name], index) => (
          <button key={name} type="button" aria-pressed={index === span} onClick={() => setSpan(index)}>
            {t(name)}
          </button>
        ))}
        <a download href={`${path}&format=csv`}>
          {t("exportCsv")}
        </a>
      </fieldset>
      {problem !== undefined && <p class="empty">{problem}</p>}
      {past?.kind === "number" && <Numbers past={past} span={t(text)} name={property} />}
      {past?.kind === "state" && <States past={past} />}
    </section>
  );
}

function Numbers({ past, span, name }: { readonly past: Past; readonly span: string; readonly name: string }) {
  const { now, language, t } = usePage();
  const items = past.items.map(({ min = null, max = null, mean = null }) => ({ min, max, mean }));
  const range = rangeOf(items.flatMap(({ min, max }) => [min, max]));
  if (!range) return <p class="empty">{t("nothing")}</p>;
  const [low, high] = range.map((value) => `${showNumber(value)}${past.unit ? ` ${showUnit(past.unit)}` : ""}`) as [
    string,
    string,
  ];
  return (
    <figure>
      <svg
        class="chart"
        viewBox={`0 0 ${box.width} ${box.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("chart", { name, span, min: low, max: high })}
      >
        {bandPaths(items, box).map((path) => (
          <path key={path} class="band" d={path} />
        ))}
        <path
          class="mean"
          d={linePath(
            items.map(({ mean }) => mean),
            { ...box, range },
          )}
        />
      </svg>
      <figcaption>
        <span>{showTime(past.from, now, language)}</span>
        <span>
          {low} – {high}
        </span>
        <span>{showTime(past.to, now, language)}</span>
      </figcaption>
    </figure>
  );
}

function States({ past }: { readonly past: Past }) {
  const { now, language } = usePage();
  return (
    <ol class="states">
      {[...past.items]
        .reverse()
        .slice(0, 50)
        .map(({ at, value }) => (
          <li key={at}>
            <time dateTime={at}>{showTime(at, now, language)}</time> {value ?? "–"}
          </li>
        ))}
    </ol>
  );
}
