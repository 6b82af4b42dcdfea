import { groupPrerequisites, tenantStatus, userDirectory, userStatus } from "@hybrid/contracts";
import type { HybridCards, Overview } from "@hybrid/control-hub-page/api";
import { expect, test } from "vitest";
import { entry, prerequisites, scene, startAt, status, tenantId } from "./scene.ts";

const minutes = 60_000;

test("the overview counts states, reasons, and the tries of the next hours", async () => {
  const { get, signIn, write } = await scene();
  const failing = (minutesFromNow: number, failures: number) =>
    status({
      to: "error",
      reason: "mailboxMissing",
      failures,
      nextTryAt: startAt + minutesFromNow * minutes,
    });
  await write(userDirectory, {
    "acme/u-a": entry(),
    "acme/u-b": entry(),
    "acme/u-c": entry(),
    "acme/u-d": entry(),
    "acme/u-e": entry({ wanted: true, enabled: false, obstacles: ["notSignedIn"] }),
  });
  await write(userStatus, {
    "acme/u-a": status(),
    "acme/u-b": failing(30, 1),
    "acme/u-c": failing(-5, 2),
    "acme/u-d": failing(200, 3),
  });
  const overview = (await get(await signIn(), "/api/o/acme/overview")).json<Overview>();
  expect(overview.counts).toEqual({ all: 5, active: 1, error: 3, notActivated: 1, disabled: 0 });
  expect(overview.needs).toEqual([
    { state: "error", reason: "mailboxMissing", count: 3 },
    { state: "notActivated", reason: "notSignedIn", count: 1 },
  ]);
  expect([overview.triedWithinAnHour, overview.triedWithinADay]).toEqual([2, 3]);
  expect(overview.hours.map(({ soon, daily }) => [soon, daily]).slice(0, 5)).toEqual([
    [2, 0],
    [0, 0],
    [0, 0],
    [0, 1],
    [0, 0],
  ]);
});

test("the cards follow from tenants, users, prerequisites and connectors of this organisation alone", async () => {
  const { get, signIn, write } = await scene();
  await write(userDirectory, { "acme/u-a": entry(), "other/u-a": entry() });
  await write(userStatus, {
    "acme/u-a": status(),
    "other/u-a": status({ to: "error", reason: "throttled" }),
  });
  const settings = {
    webexKeyword: "personalRoom",
    meetKeyword: "space",
    language: null,
    join: null,
  } as const;
  await write(tenantStatus, {
    [`acme/t-${tenantId}`]: { tenantId, status: "active", generation: 1, settings, decidedAt: startAt },
  });
  await write(groupPrerequisites, { "acme/o": prerequisites() });
  const { cards } = (await get(await signIn(), "/api/o/acme/hybrid")).json<HybridCards>();
  expect(cards.map(({ service, state, missing }) => [service, state, ...missing])).toEqual([
    ["calendar", "active"],
    ["groups", "notActivated", "linkedFolders"],
    ["archive", "notActivated", "connector"],
  ]);
});
