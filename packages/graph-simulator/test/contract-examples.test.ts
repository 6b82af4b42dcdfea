import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { alphaId, clientId, openWorld, tenantId, type World } from "./world.ts";

// Set HYBRID_CONTRACTS_DIR to the folder that holds graph-examples/, the official examples of requests.
const folder = process.env["HYBRID_CONTRACTS_DIR"];

let world: World;
afterEach(() => world.close());

interface Example {
  readonly request?: {
    readonly method: string;
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
}

const start = { dateTime: "2026-01-13T10:00:00", timeZone: "UTC" };
const end = { dateTime: "2026-01-13T11:00:00", timeZone: "UTC" };

/** The address for our user and an event of theirs. */
const addressed = (url: string, eventId: string): string =>
  encodeURI(
    url
      .replace(/^https:\/\/graph\.microsoft\.com\/(v1\.0|beta)/, "")
      .replace(/^\/me(?=\/|$|\?)/, `/users/${alphaId}`)
      .replace(/\/users\/(?!delta|\$count)[^/?]+|\/users\('[^']*'\)/, `/users/${alphaId}`)
      .replace(/\/events\/[^/?]+/, `/events/${eventId}`)
      .replace(/\/events\('[^']*'\)/, `/events('${eventId}')`),
  ).replaceAll("%25", "%");

/** How an example may fail besides 501: what it names is not there, or it is no request as it stands. */
const mayFail = (file: string, code: string): boolean => {
  const absent = ["ErrorItemNotFound", "SyncStateNotFound", "ResourceNotFound", "Request_ResourceNotFound"];
  const reasons: Readonly<Record<string, readonly string[]>> = {
    // Our user organised the event that is answered.
    ErrorInvalidRequest: [
      "event-accept",
      "event-decline",
      "event-tentativelyaccept",
      "update-mailboxsettings",
    ],
    // `{start_datetime}` stands where a time should.
    ErrorInvalidParameter: ["event-delta"],
    // A word before the base64, a body that the document shows elsewhere, an entity set that is gone.
    BadRequest: ["event-post-attachments", "update-mailboxsettings", "known-issues"],
    // It subscribes to /me.
    InvalidRequest: ["create-with-lifecycle"],
  };
  return absent.includes(code) || (reasons[code] ?? []).some((part) => file.includes(part));
};

test.skipIf(!folder)("official examples are carried out, or told to be a gap of the simulator", async () => {
  /*
   * Goal: nothing that Microsoft's own pages send is taken for a mistake.
   * Method: every example about calendars, users, settings and subscriptions is sent unchanged, to a user and
   * an event of the simulator's; whatever fails must fail for a reason that is written down here.
   */
  world = await openWorld();
  world.simulator.grantConsent(tenantId, clientId, [
    "Calendars.ReadWrite",
    "Directory.Read.All",
    "MailboxSettings.ReadWrite",
    "User.Read.All",
    "Domain.Read.All",
  ]);
  const at = join(folder ?? "", "graph-examples");
  const files = readdirSync(at).filter((name) =>
    /^(calendar|directory|mailboxSettings|subscriptions)--/.test(name),
  );
  const range = { type: "numbered", startDate: "2026-01-13", numberOfOccurrences: 3 };
  const recurrence = { pattern: { type: "daily", interval: 1 }, range };
  let carriedOut = 0;
  const unexplained: string[] = [];
  for (const file of files) {
    const { request } = JSON.parse(readFileSync(join(at, file), "utf8")) as Example;
    if (!request?.url.startsWith("https://graph.microsoft.com/")) continue;
    const { body: event } = await world.graph("POST", `/users/${alphaId}/events`, { start, end, recurrence });
    const headers = Object.entries(request.headers ?? {}).filter(([name]) =>
      /^(prefer|consistency)/i.test(name),
    );
    const answer = await world.graph(
      request.method,
      addressed(request.url, event.id),
      request.body ?? undefined,
      Object.fromEntries(headers),
    );
    if (answer.status < 400) carriedOut++;
    else if (answer.status !== 501 && !mayFail(file, answer.body.error.code))
      unexplained.push(`${file}: ${answer.status} ${answer.body.error.code} ${answer.body.error.message}`);
  }
  expect(unexplained).toEqual([]);
  expect(carriedOut).toBeGreaterThan(40);
});
