/** Words that cannot name a constant of a module (ECMA-262 §12.7.2, strict mode), and what a model module imports. */
const taken = new Set(
  [
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends",
    "false finally for function if implements import in instanceof interface let new null package private protected",
    "public return static super switch this throw true try typeof var void while with yield undefined NaN Infinity",
    "defineModel p Uint8Array",
  ].flatMap((line) => line.split(" ")),
);

/** The constant for a name of Kubernetes: `traffic-light` is `trafficLight`, `switch` is `switchModel`, `3d` is `model3d`. */
export function constantName(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const camel = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
  if (!/^[a-z]/i.test(camel)) return `model${camel}`;
  return taken.has(camel) ? `${camel}Model` : camel;
}
