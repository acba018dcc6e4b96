import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { ConsoleRig } from "./console-rig.ts";

const pictures = fileURLToPath(new URL("../../../dist/screenshots/", import.meta.url));
const light = "default/traffic-light-instance-01";
const phone = { width: 390, height: 844 };

let rig: ConsoleRig;
before(async () => {
  mkdirSync(pictures, { recursive: true });
  rig = await ConsoleRig.start();
});
after(() => rig[Symbol.asyncDispose]());

const red = (page: Page) => page.locator(`[data-device="${light}"] [data-property="red"]`);

async function logIn(page: Page, token = rig.token): Promise<void> {
  await page.locator("header").getByRole("button", { name: "Log in" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Token of the agent").fill(token);
  await dialog.getByRole("button", { name: "Log in" }).click();
}

/** The red lamp as a test wants to find it. */
async function switchRed(text: "ON" | "OFF"): Promise<void> {
  const { core } = rig.agent;
  const origin = { door: "rest", actor: "test" } as const;
  await core.engine.submit(light, { kind: "change", at: core.clock.now(), origin, desired: { red: { text } } });
}

async function forget(name: string): Promise<void> {
  await rig.agent.core.registry.deleteDevice(name, { door: "rest", actor: "test" });
}

const apply = (...items: readonly object[]) =>
  rig.agent.core.registry.apply(JSON.stringify({ apiVersion: "v1", kind: "List", items }), {
    origin: { door: "rest", actor: "test" },
  });

test("the traffic light is switched by somebody who logged in, and seen to follow", async () => {
  const page = await rig.open("/");
  assert.equal(new URL(page.url()).pathname, "/console/");
  await page.getByText("live", { exact: true }).waitFor();
  await red(page).getByRole("switch").click();
  await page.getByRole("dialog").getByText("Token of the agent").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.equal(rig.board.line("GPIO26").high, false, "nobody logged in");
  await logIn(page, "a-token-that-is-wrong");
  await page.getByRole("alert").getByText("that is not the token of this agent").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await logIn(page);
  await page.getByRole("button", { name: "Log out" }).waitFor();
  await red(page).getByRole("switch").click();
  await red(page).getByText("ON verified").waitFor();
  assert.equal(rig.board.line("GPIO26").high, true);
  await page.screenshot({ path: `${pictures}devices-desktop.png`, fullPage: true });
  await page.goto(`${rig.address}/console/#/device/${light}/red`);
  await page.getByRole("region", { name: "Who changed it" }).getByText("rest console").first().waitFor();
  await page.screenshot({ path: `${pictures}device-desktop.png`, fullPage: true });
  await page.context().close();
});

test("what an interlock forbids is refused with its reason, beside the switch", async () => {
  await switchRed("ON");
  const page = await rig.open();
  await logIn(page);
  const green = page.locator(`[data-device="${light}"] [data-property="green"]`);
  await green.getByRole("switch").click();
  await green.getByRole("alert").getByText("never allowed").waitFor();
  await page.context().close();
});

test("a device that is unplugged is seen to go stale, and to come back", async () => {
  const page = await rig.open("/console/", phone, "dark");
  await red(page).waitFor();
  rig.board.faults.breakAll(/^GPIO26 /);
  await red(page).locator(".quality-bad, .quality-stale").waitFor();
  await page.screenshot({ path: `${pictures}unplugged-phone-dark.png`, fullPage: true });
  rig.board.faults.mend();
  await red(page).locator(".quality-good").waitFor({ timeout: 60_000 });
  await page.screenshot({ path: `${pictures}devices-phone-dark.png`, fullPage: true });
  const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  assert.equal(wide, 0, "nothing sticks out of a phone");
  await page.context().close();
});

test("the board is drawn as its header, with who uses each line and what it shows", async () => {
  await switchRed("ON");
  const page = await rig.open("/console/#/board", phone);
  const pin = page.locator('[data-pin="37"]');
  await pin.getByText("traffic-light-instance-01 red: ON").waitFor();
  assert.equal(await page.locator("[data-pin]").count(), 40);
  await page.screenshot({ path: `${pictures}board-phone.png`, fullPage: true });
  await page.goto(`${rig.address}/console/#/system`);
  await page.getByRole("heading", { name: "Card" }).waitFor();
  await page.getByText("Written since start").waitFor();
  await page.getByRole("rowheader", { name: "@edgetwin/mapper-gpio" }).waitFor();
  await page.screenshot({ path: `${pictures}system-phone.png`, fullPage: true });
  await page.context().close();
});

test("an open page lives through a restart of the agent, and its session too", async () => {
  await switchRed("ON");
  const page = await rig.open();
  await logIn(page);
  await page.getByRole("button", { name: "Log out" }).waitFor();
  await rig.stop();
  await page.getByText("the agent does not answer").waitFor();
  await rig.run();
  await page.getByText("live", { exact: true }).waitFor();
  await red(page).getByRole("switch").click();
  await red(page).getByText("OFF verified").waitFor();
  await page.context().clearCookies();
  await red(page).getByRole("switch").click();
  await page.getByRole("dialog").getByText("Token of the agent").waitFor();
  await page.context().close();
});

test("an agent that shows nothing to strangers says so, and opens to the token", async () => {
  await rig.stop();
  await rig.run({ read: "token" });
  const page = await rig.open();
  await page.getByText("shows its devices only to those who log in").waitFor();
  assert.equal((await page.request.get(`${rig.address}/api/v1/devices`)).status(), 401);
  await logIn(page);
  await red(page).waitFor();
  await page.context().close();
  await rig.stop();
  await rig.run();
});

test("a page of another site reads nothing and changes nothing", async () => {
  const site = createServer((_, response) =>
    response.setHeader("Content-Type", "text/html").end("<title>evil</title>"),
  );
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const address = site.address();
  await switchRed("OFF");
  const page = await rig.open();
  await logIn(page);
  await page.getByRole("button", { name: "Log out" }).waitFor();
  await page.goto(`http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/`);
  const attempts = await page.evaluate(`(async () => {
    const target = ${JSON.stringify(`${rig.address}/api/v1/devices/${light}/twin/red`)};
    const told = (promise) => promise.then((response) => response.status || response.type, (error) => error.name);
    return [
      await told(fetch(target, { credentials: "include" })),
      await told(fetch(target, { method: "PATCH", credentials: "include", headers: { "Content-Type": "application/json" }, body: '{"desired":"ON"}' })),
      await told(fetch(target, { method: "POST", mode: "no-cors", credentials: "include", headers: { "Content-Type": "text/plain" }, body: '{"desired":"ON"}' })),
    ];
  })()`);
  assert.deepEqual(attempts, ["TypeError", "TypeError", "opaque"]);
  const twin = rig.agent.core.engine.device(light)?.twins.get("red");
  assert.equal(twin?.desired?.value, "OFF");
  await page.context().close();
  await new Promise((resolve) => site.close(resolve));
});

test("keyboard alone is enough, every control has a name, and Chinese is a choice away", async () => {
  await switchRed("OFF");
  const page = await rig.open();
  await logIn(page);
  await page.getByRole("button", { name: "Log out" }).waitFor();
  await red(page).getByRole("switch", { name: "Desired: red" }).focus();
  await page.keyboard.press("Space");
  await red(page).getByText("ON verified").waitFor();
  const nameless = await page.evaluate(`[...document.querySelectorAll("button, input, select, a")]
    .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length))
    .length`);
  assert.equal(nameless, 0);
  await page.getByLabel("Language").selectOption("zh");
  await page.getByRole("link", { name: "设备" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "zh");
  await page.screenshot({ path: `${pictures}devices-chinese.png`, fullPage: true });
  await page.context().close();
});

test("a thousand devices and a text of 4 kB do not break it", async () => {
  const model = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: { name: "note" },
    spec: { properties: [{ name: "text", type: "STRING", accessMode: "ReadWrite" }] },
  };
  const devices = Array.from({ length: 1000 }, (_, index) => ({
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "Device",
    metadata: { name: `note-${String(index).padStart(4, "0")}` },
    spec: { deviceModelRef: { name: "note" }, protocol: { protocolName: "none" }, properties: [{ name: "text" }] },
  }));
  await apply(model, ...devices);
  const text = "4 kB ".repeat(820);
  const { core } = rig.agent;
  const origin = { door: "rest", actor: "test" } as const;
  await core.engine.submit("default/note-0500", {
    kind: "change",
    at: core.clock.now(),
    origin,
    reported: { text: { raw: { text } } },
  });
  const page = await rig.open("/console/", phone);
  const search = page.getByRole("searchbox");
  await search.waitFor();
  await search.fill("note-0500");
  const card = page.locator('[data-device="default/note-0500"]');
  await card.getByText(/4 kB 4 kB/).waitFor();
  assert.equal(await page.locator("[data-device]").count(), 1);
  assert.equal(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0);
  await page.context().close();
  for (const { metadata } of devices) await forget(`default/${metadata.name}`);
});

test("all of it weighs less than 100 kB, and asks nobody but the agent", async () => {
  const context = await rig.browser.newContext();
  const page = await context.newPage();
  const asked: string[] = [];
  let bytes = 0;
  page.on("request", (request) => asked.push(request.url()));
  page.on("requestfinished", async (request) => {
    if (request.url().includes("/console/")) bytes += (await request.sizes()).responseBodySize;
  });
  await page.goto(`${rig.address}/console/`);
  await red(page).waitFor();
  assert.deepEqual(
    asked.filter((url) => !url.startsWith(rig.address)),
    [],
  );
  assert.ok(bytes > 1000 && bytes < 100_000, String(bytes));
  await context.close();
});
