import { mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Meeting } from "@hybrid/contracts";
import { days, hours, minutes } from "@hybrid/kernel";
import { chromiumPath, openBrowser, seriousFaults } from "@hybrid/tools/chromium";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { pageLink, pagePath } from "../src/page/page-path.ts";
import { pageRoutes } from "../src/page/page-routes.ts";
import { meeting, monday } from "./meeting.ts";
import { activeAt, anna, openStage } from "./stage.ts";

// The real page in a real browser against the real API; the test writes the topics, and moves both clocks.

const pictures = join(import.meta.dirname, "../../../docs/pictures");
/** HYBRID_PICTURES=1 makes the pictures of the documentation again. */
const wantsPictures = process.env["HYBRID_PICTURES"] === "1";

interface Looks {
  readonly locale?: string;
  readonly isDark?: boolean;
}

const webex = (room: string): Meeting["join"] => ({
  service: "webex",
  url: `https://nordhamn.webex.com/meet/${room}`,
  video: `${room}@nordhamn.webex.com`,
  meetingId: null,
  passcode: null,
});

const at = (day: number, hour: number): number => monday + days(day) + hours(hour - 8);

/** A week of somebody's: nine in Stockholm is eight here. */
const week: Readonly<Record<string, Partial<Meeting>>> = {
  standup: {
    subject: "Harbour stand-up",
    startAt: at(0, 8),
    endAt: at(0, 8.25),
    organizerName: "Sanna Holm",
  },
  pier: {
    subject: "Pier 7: what is left to do",
    startAt: at(0, 8.5),
    endAt: at(0, 9.5),
    organizerName: "Ines Duarte",
    location: "Room Skagerrak; @webex",
    attendeesCount: 6,
  },
  lunch: {
    subject: "Lunch with the pilots",
    startAt: at(0, 11),
    endAt: at(0, 12),
    join: null,
    location: "Quay 3",
  },
  doctor: {
    isPrivate: true,
    subject: null,
    organizerName: null,
    organizerAddress: null,
    location: null,
    join: null,
    startAt: at(0, 14),
    endAt: at(0, 14.5),
  },
  fair: {
    subject: "Boat fair",
    allDayDate: "2026-01-06",
    startAt: at(1, 0),
    endAt: at(2, 0),
    showAs: "free",
    join: null,
    location: "Hall B",
  },
  budget: {
    subject: "Budget, second reading",
    startAt: at(1, 9),
    endAt: at(1, 10),
    movedFrom: at(1, 7),
    response: "tentativelyAccepted",
  },
  crane: {
    subject: "Crane inspection",
    startAt: at(1, 13),
    endAt: at(1, 13.5),
    response: "notResponded",
    organizerName: "Bo Ek",
  },
  cancelled: { subject: "Cargo forecast", startAt: at(2, 10), endAt: at(2, 11), isCancelled: true },
};

/** What the calendar answers to a meeting that is written. */
const written = {
  id: "dock",
  "@odata.etag": 'W/"dock"',
  type: "singleInstance",
  subject: "Dry dock",
  isOrganizer: true,
  start: { dateTime: "2026-01-06T09:00:00", timeZone: "UTC" },
  end: { dateTime: "2026-01-06T09:30:00", timeZone: "UTC" },
};

describe.skipIf(chromiumPath === undefined)("the page of meetings in Chromium", { timeout: 90_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  const visit = async ({ locale = "en-GB", isDark = false }: Looks = {}) => {
    const answered: unknown[] = [];
    const asked: object[] = [];
    const silent = () => Promise.reject(new Error("nothing else is asked of a calendar here"));
    const stage = await openStage({
      meetings: {
        create: async (order) => {
          asked.push(order);
          return written;
        },
        change: async (order) => {
          asked.push(order);
          return { ...written, subject: order.subject ?? "" };
        },
        cancel: async (order) => {
          asked.push(order);
        },
        instances: silent,
        getSchedule: silent,
        respond: ({ response, eventId }) => {
          answered.push([response, eventId]);
          return Promise.resolve();
        },
      },
    });
    await stage.app.register(pageRoutes, { prefix: pagePath });
    await stage.mailbox(anna, activeAt("t", "o"));
    for (const [id, changes] of Object.entries(week))
      await stage.put(anna, id, meeting(id, { join: webex(id), ...changes }));
    await stage.app.listen({ host: "127.0.0.1", port: 0 });
    const origin = `http://127.0.0.1:${(stage.app.server.address() as AddressInfo).port}`;
    const context = await browser.newContext({
      locale,
      timezoneId: "Europe/Stockholm",
      colorScheme: isDark ? "dark" : "light",
      reducedMotion: "reduce",
      viewport: { width: 1000, height: 900 },
    });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.clock.install({ time: monday });
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("dialog", (dialog) => faults.push(`dialog: ${dialog.message()}`));
    page.on("console", (message) => {
      if (/content security policy|trusted/i.test(message.text())) faults.push(message.text());
    });
    const places: (string | undefined)[] = [];
    page.on("request", (request) => {
      const { origin: from } = new URL(request.url());
      if (from !== origin) faults.push(`asked elsewhere: ${request.url()}`);
      if (request.url().endsWith("/changes")) places.push(request.headers()["last-event-id"]);
    });
    await page.goto(pageLink(origin, await stage.token()));
    return { stage, page, faults, places, answered, asked, origin };
  };

  test.each<Looks>([{}, { isDark: true }])(
    "it shows the weeks ahead, and axe finds nothing serious: %j",
    async (looks) => {
      const { stage, page, faults } = await visit(looks);
      await page.getByRole("heading", { name: "Crane inspection" }).waitFor();
      await page.getByText("Up to date").waitFor();
      expect(new URL(page.url()).hash).toBe("");
      expect(await page.getByRole("link", { name: /^Join/ }).allTextContents()).toEqual(["Join"]);
      stage.clock.advanceBy(minutes(25));
      await page.clock.fastForward(minutes(25));
      await page.getByRole("link", { name: "Join Pier 7: what is left to do" }).waitFor();
      await page.getByRole("heading", { name: "Harbour stand-up" }).waitFor({ state: "detached" });
      expect(await page.getByText("Private meeting").count()).toBe(1);
      expect(await seriousFaults(page)).toEqual([]);
      expect(faults).toEqual([]);
      if (!wantsPictures) return;
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({
        path: join(pictures, `meetings-${looks.isDark ? "dark" : "light"}.png`),
        fullPage: true,
      });
    },
  );

  test("what others write is shown as text, and no button opens a script", async () => {
    const { stage, page, faults } = await visit();
    const tag = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
    const evil = { subject: tag, organizerName: tag, location: `"><svg onload=alert(3)>` };
    await stage.put(
      anna,
      "evil",
      meeting("evil", {
        ...evil,
        startAt: monday,
        join: { ...webex("x")!, url: "javascript:alert(4)", video: tag },
      }),
    );
    const shown = page.locator("#now").getByRole("heading", { name: tag });
    await shown.waitFor();
    expect(await page.locator("main img, main svg, main script").count()).toBe(0);
    expect(await page.locator("a[href^='javascript' i]").count()).toBe(0);
    expect(await page.locator("#now").getByText(`Dial ${tag}`).count()).toBe(1);
    expect(faults).toEqual([]);
  });

  test("changes come by themselves, also those of while the connection was broken, and none is asked for twice", async () => {
    const { stage, page, places, faults } = await visit();
    await page.getByText("Up to date").waitFor();
    await stage.put(anna, "new", meeting("new", { subject: "New at noon" }));
    await page.getByRole("heading", { name: "New at noon" }).waitFor();
    stage.app.server.closeAllConnections();
    await stage.put(anna, "new", meeting("new", { subject: "Renamed meanwhile" }));
    await stage.put(anna, "lunch", null);
    await page.getByRole("heading", { name: "Renamed meanwhile" }).waitFor();
    await page.getByRole("heading", { name: "Lunch with the pilots" }).waitFor({ state: "detached" });
    expect(places[0]).toBeUndefined();
    expect(places.at(-1)).toMatch(/\./);
    expect(faults).toEqual([]);
  });

  test("a meeting is scheduled, edited and called off; axe finds nothing serious in the form", async () => {
    const { page, asked, faults } = await visit();
    await page.getByText("Up to date").waitFor();
    await page.getByRole("button", { name: "Schedule a meeting" }).click();
    const form = page.getByRole("dialog", { name: "Schedule a meeting" });
    await form.getByLabel("Subject").fill("Dry dock");
    await form.getByLabel("Repeats").selectOption("weekly");
    await form.getByLabel("The series ends").selectOption("afterTimes");
    await form.getByLabel("Meetings").fill("4");
    await form.getByLabel("Who is invited").fill("bo@acme.example");
    expect(await seriousFaults(page)).toEqual([]);
    await form.getByRole("button", { name: "Schedule a meeting" }).click();
    await page.getByRole("heading", { name: "Dry dock" }).waitFor();
    expect(asked[0]).toMatchObject({
      subject: "Dry dock",
      location: "@webex",
      invitees: [{ address: "bo@acme.example" }],
      recurrence: { pattern: { type: "weekly" }, range: { type: "numbered", numberOfOccurrences: 4 } },
    });
    await page.getByRole("button", { name: "Edit: Dry dock" }).click();
    const editing = page.getByRole("dialog", { name: "Edit" });
    await editing.getByLabel("Subject").fill("Dry dock two");
    await editing.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Dry dock two" }).waitFor();
    expect(asked[1]).toMatchObject({ etag: 'W/"dock"', subject: "Dry dock two" });
    await page.getByRole("button", { name: "Cancel meeting: Dry dock two" }).click();
    const calling = page.getByRole("dialog", { name: "Cancel Dry dock two" });
    await calling.getByLabel("Message").fill("Postponed");
    await calling.getByRole("button", { name: "Cancel meeting" }).click();
    await calling.waitFor({ state: "detached" });
    expect(asked[2]).toMatchObject({ eventId: "dock", comment: "Postponed" });
    expect(faults).toEqual([]);
  });

  test("svenska: by keyboard a meeting is joined and an invitation answered; a link that has ended says so", async () => {
    const { stage, page, answered, origin } = await visit({ locale: "sv-SE" });
    await page.getByText("Aktuellt").waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("sv");
    await page.context().route("https://nordhamn.webex.com/**", (route) => route.fulfill({ body: "joined" }));
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      "Anslut till Harbour stand-up",
    );
    const [opened] = await Promise.all([page.context().waitForEvent("page"), page.keyboard.press("Enter")]);
    await opened.waitForURL("https://nordhamn.webex.com/meet/standup");
    await page.bringToFront();
    await page.getByRole("button", { name: "Avböj: Crane inspection" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => answered, { timeout: 15_000 }).toEqual([["decline", "crane"]]);
    const old = await stage.token(anna, minutes(1));
    stage.clock.advanceBy(minutes(2));
    await page.goto("about:blank");
    await page.goto(pageLink(origin, old));
    await page.getByRole("alert").filter({ hasText: "Länken gäller inte längre." }).waitFor();
  });
});
