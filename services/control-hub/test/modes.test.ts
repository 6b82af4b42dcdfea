import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { controlTopic, controlValue, organisationModes } from "@hybrid/contracts";
import type { CalendarSetup } from "@hybrid/control-hub-page/api";
import { days, orgIdOf } from "@hybrid/kernel";
import { KeyRing } from "@hybrid/sealing";
import pino from "pino";
import { expect, test } from "vitest";
import { calendarSetup } from "../src/adapters/calendar.ts";
import { keepModes, modeOf } from "../src/adapters/modes.ts";
import { histories, organisations } from "../src/views.ts";
import { openViewOn, type Scene, scene, startAt } from "./scene.ts";
import { written } from "./written.ts";

const logger = pino({ level: "silent" });

/** Eight days pass, the log is cleaned, and a process with new views looks at what is left. */
const afterEightDays = async ({ clock, log, folder, vault }: Scene) => {
  clock.advanceBy(days(8));
  await log.clean(clock.now());
  expect(await written(log, controlTopic("decorator"))).toEqual([]);
  const at = await mkdtemp(join(folder, "later-"));
  const ports = { clock, keys: new KeyRing({ vault, clock }) };
  return {
    organisations: await openViewOn(organisations, at, log, ports),
    histories: await openViewOn(histories, at, log, ports),
  };
};

test("which mode an organisation is in is told also when the orders to the services are forgotten", async () => {
  const town = await scene();
  const browser = await town.signIn({ org: "acme" });
  const told = town.views.organisations.changes(town.views.organisations.token(), AbortSignal.timeout(5_000));
  await town.post(browser, "/api/o/acme/calendar/orders", { order: "observe" });
  for await (const { changes } of told)
    if (changes.some(({ table }) => table === "organisation_modes")) break;
  const look = async () => (await town.get(browser, "/api/o/acme/calendar")).json<CalendarSetup>();
  expect(await look()).toMatchObject({ mode: "observe", modeSince: startAt });
  const later = await afterEightDays(town);
  expect(calendarSetup(later, "acme", town.desk)).toMatchObject({ mode: "observe", modeSince: startAt });
  expect(calendarSetup(later, "rival", town.desk)).toMatchObject({ mode: null, modeSince: null });
});

test("what an older release has ordered is kept for good at the first start of this one", async () => {
  const town = await scene();
  const { orders } = town;
  const order = (org: string, on: boolean) =>
    controlValue({ kind: "observe", org: orgIdOf(org), on }, town.clock.now());
  const views = town.views;
  await town.write(
    controlTopic("decorator"),
    { "acme/o": order("acme", true), "rival/o": order("rival", true) },
    views.histories,
  );
  town.clock.advanceBy(days(1));
  await town.write(controlTopic("decorator"), { "rival/o": order("rival", false) }, views.histories);
  await keepModes(views, orders, logger);
  const kept = (await written(town.log, organisationModes)).map(({ key, value }) => [key, value]);
  expect(kept).toHaveLength(2);
  expect(kept).toEqual(
    expect.arrayContaining([
      ["acme/o", { mode: "observe", since: startAt }],
      ["rival/o", { mode: "live", since: startAt + days(1) }],
    ]),
  );
  const later = await afterEightDays(town);
  expect([modeOf(later, "acme"), modeOf(later, "rival")]).toEqual([
    { mode: "observe", since: startAt },
    { mode: "live", since: startAt + days(1) },
  ]);
  // Nothing is left to be kept.
  await keepModes(later, orders, logger);
  expect(await written(town.log, organisationModes)).toHaveLength(2);
});

test("an order of an older release that came later counts", async () => {
  const town = await scene();
  const { views } = town;
  await town.write(organisationModes, { "acme/o": { mode: "observe", since: startAt } });
  expect(modeOf(views, "acme")).toEqual({ mode: "observe", since: startAt });
  town.clock.advanceBy(1);
  const off = controlValue({ kind: "observe", org: orgIdOf("acme"), on: false }, town.clock.now());
  await town.write(controlTopic("decorator"), { "acme/o": off }, views.histories);
  expect(modeOf(views, "acme")).toEqual({ mode: "live", since: startAt + 1 });
});
