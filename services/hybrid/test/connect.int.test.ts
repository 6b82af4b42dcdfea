import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { blocks, blockWith, browse, type Said, terminal } from "./guide.ts";

interface Installed {
  readonly control: string;
  readonly says: (command: string) => Promise<Said>;
  readonly doctor: string;
  readonly tenantId: string;
}

/** The archive gets a registration of its own, whose consent is asked for, half-given and given by itself. */
const givesArchiveItsOwn = async (
  { control, says, doctor, tenantId }: Installed,
  connect: string,
): Promise<void> => {
  const register = blockWith("/applications").replace("manifest-calendar", "manifest-archive");
  const { appId } = JSON.parse((await says(register)).text) as { readonly appId: string };
  const named = await says(`${connect} --archive-client-id ${appId}`);
  expect(named).toMatchObject({ code: 1, text: expect.stringContaining("waits  archive") });
  expect(named.text).toContain("/consent/start?ticket=");
  const accept = (body: object) =>
    fetch(`${control}/tenants/${tenantId}/consent/${appId}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ state: "granted", ...body }),
    });
  await accept({ roles: ["Mail.ReadWrite"] });
  const half = await says(doctor);
  expect(half.text).toMatch(/^archive in tenant \S+ of contoso\tfailed\t.*lacks User\.Read\.All/m);
  expect(half.text).toMatch(/^tenant \S+ of contoso\tok\tactive, consent complete/m);
  await accept({});
  expect(await says(connect)).toMatchObject({ code: 0, text: expect.stringContaining("ok  archive") });
};

/** An invitation gets join details, and off-boarding takes them out again, and nothing else. */
const offboards = async ({ control, says, doctor, tenantId }: Installed): Promise<void> => {
  const events = `${control}/users/b79f1527-e058-400b-a87c-fa6e2bd27c17/events`;
  const startAt = Date.now() + 3_600_000;
  await fetch(events, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      subject: "Weekly",
      location: "@webex",
      body: "<p>Bring cake</p>",
      startAt,
      endAt: startAt + 3_600_000,
    }),
  });
  const look = async (): Promise<string> => await (await fetch(events)).text();
  while (!(await look()).includes("contoso.webex.com")) await fetch(`${control}/state`);
  const offboard = doctor.replace(/ doctor$/, ` tenants offboard ${tenantId} --org contoso`);
  expect(await says(offboard)).toMatchObject({ code: 2, text: expect.stringContaining("add --yes") });
  const done = await says(`${offboard} --remove-join-details --yes`);
  expect(done).toMatchObject({ code: 0, text: expect.stringContaining("nobody is watched any more") });
  expect(done.text).toMatch(/^contoso\/u-b79f1527\S+\t1\t1\t/m);
  const left = await look();
  expect([left.includes("contoso.webex.com"), left.includes("Bring cake")]).toEqual([false, true]);
  let subscriptions = "";
  while (subscriptions !== '{"subscriptions":[]}')
    subscriptions = await (await fetch(`${control}/subscriptions`)).text();
};

test("the commands of the guide lead from nothing to the first real mailbox", {
  timeout: 300_000,
}, async () => {
  const { at, control, keeps, says } = await terminal();
  await keeps(blockWith("hybrid simulate"), /The simulators run/);
  const connect = blocks.filter((block) => block.includes(" connect "));
  expect(connect).toHaveLength(4);
  const [first = "", second = "", third = "", last = ""] = connect;

  const begun = await says(first);
  expect(begun).toMatchObject({ code: 1, text: expect.stringContaining("waits  registration") });
  expect(begun.text).toContain("az rest --method POST");
  const { appId } = JSON.parse((await says(blockWith("/applications"))).text) as { readonly appId: string };
  const registered = await says(second.replace("APP_ID", appId));
  expect(registered.text).toContain("ok  webex");
  expect(registered).toMatchObject({ code: 1, text: expect.stringContaining("waits  services") });

  await keeps(blockWith(" up"), /all services run/);
  const asked = await says(third);
  expect(asked.text).toContain("ok  public address: answers the handshake of Graph");
  expect(asked.text).toContain("ok  observe mode");
  expect(asked).toMatchObject({ code: 1, text: expect.stringContaining("waits  consent") });
  const [link = ""] = /http:\/\/localhost:\d+\/consent\/start\?ticket=\S+/.exec(asked.text) ?? [];
  expect(await browse(link, join(at, ".hybrid/simulators/ca.pem"))).toContain("in service");

  // What is damaged is told, and taken up again once it is mended.
  const state = join(at, ".hybrid/connect/connect.json");
  await rename(state, `${state}.kept`);
  await writeFile(state, "{");
  expect(await says(last)).toMatchObject({ code: 2, text: expect.stringContaining("is damaged") });
  await rename(`${state}.kept`, state);

  const connected = await says(last);
  expect(connected).toMatchObject({ code: 0, text: expect.stringContaining("ok  first mailbox") });
  expect(connected.text).toContain("ok  test event");
  expect(await says(last)).toMatchObject({ code: 0, text: expect.stringContaining("test event: done at") });

  const doctor = blockWith(" doctor");
  const well = await says(doctor);
  for (const what of [
    "settings",
    "Entra certificate",
    "clock",
    "log",
    "topics",
    "services",
    "public address",
    "webex",
  ])
    expect(well.text).toMatch(new RegExp(`^${what}\tok`, "m"));
  expect(well.text).toMatch(/^tenant \S+ of contoso\tok\tactive, consent complete/m);

  const tenants = blockWith(" doctor").replace(/ doctor$/, " tenants list --check --json");
  const [{ tenantId }] = JSON.parse((await says(tenants)).text) as [{ readonly tenantId: string }];
  await givesArchiveItsOwn({ control, says, doctor, tenantId }, last);
  const consent = (roles: readonly string[]) =>
    fetch(`${control}/tenants/${tenantId}/consent/${appId}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ state: "granted", roles }),
    });
  await consent(["MailboxSettings.Read", "User.Read.All"]);
  expect(JSON.parse((await says(tenants)).text)).toMatchObject([
    {
      status: "active",
      consent: "half",
      remark: expect.stringContaining("lacks Calendars.ReadWrite"),
      beside: [{ app: "archive", isUsed: false, consent: "complete" }],
    },
  ]);
  expect(await says(doctor)).toMatchObject({ code: 1, text: expect.stringContaining("the consent is half") });
  const trial = doctor.replace(/ doctor$/, ` tenants test ${tenantId} --mailbox ada@contoso.example`);
  expect(await says(trial)).toMatchObject({
    code: 1,
    text: expect.stringContaining("failed  an event is created"),
  });
  await consent(["Calendars.ReadWrite", "MailboxSettings.Read", "User.Read.All", "Domain.Read.All"]);
  expect(await says(trial)).toMatchObject({ code: 0, text: expect.stringContaining("is removed") });
  expect(await says(blockWith("observe off"))).toMatchObject({ code: 0 });
  await offboards({ control, says, doctor, tenantId });
});

test("each command of the guide is one that the test runs", () => {
  expect(blocks).toHaveLength(13);
  expect(blocks.filter((block) => !/hybrid|curl/.test(block))).toEqual([]);
});
