// A reporter for node:test that prints one line of JSON: how many tests passed and failed. Suites are not counted.
// biome-ignore lint/style/noDefaultExport: node:test takes the default export of a reporter
export default async function* count(source) {
  const counts = { passed: 0, failed: 0 };
  for await (const { type, data } of source) {
    if (data?.details?.type === "suite") continue;
    if (type === "test:pass" && !data.skip && !data.todo) counts.passed++;
    if (type === "test:fail") counts.failed++;
  }
  yield `${JSON.stringify(counts)}\n`;
}
