import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { folder, freePort } from "./clouds.ts";

const root = join(import.meta.dirname, "../../..");
const document = readFileSync(join(root, "docs/CONNECT.md"), "utf8");
const blocks = [...document.matchAll(/^```sh\n(?<command>.*?)\n```$/gms)].map(
  ({ groups }) => groups?.["command"] ?? "",
);

interface Said {
  readonly code: number | null;
  readonly text: string;
}

/** A terminal in which the commands run as they stand in the document, on ports of this test. */
const terminal = async () => {
  const at = await folder();
  const [ingest, health, control, api] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const hybrid = `'${process.execPath}' --disable-warning=ExperimentalWarning -- '${join(root, "services/hybrid/src/main.ts")}'`;
  const environment = {
    PATH: process.env["PATH"],
    INGEST_PORT: String(ingest),
    HEALTH_PORT: String(health),
    API_PORT: String(api),
    HYBRID_HEALTH_URL: `http://127.0.0.1:${health}`,
  };
  const start = (written: string): { readonly child: ChildProcess; readonly said: () => string } => {
    const command = written
      .replace(
        "hybrid simulate",
        `hybrid simulate --graph-port 0 --webex-port 0 --proxy-port 0 --control-port ${control}`,
      )
      .replace("npx pnpm@12 hybrid", hybrid)
      .replace("localhost:9545", `localhost:${control}`)
      .replace("localhost:8443", `localhost:${ingest}`)
      .replace("localhost:8080", `localhost:${api}`);
    const child = spawn("bash", ["--norc", "--noprofile", "-c", command], {
      cwd: at,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (piece: string) => void (text += piece));
    return { child, said: () => text };
  };
  return {
    at,
    control: `http://localhost:${control}`,
    keeps: async (command: string, runs: RegExp): Promise<void> => {
      const { child, said } = start(command);
      await new Promise<void>((resolve, reject) => {
        child.stdout?.on("data", () => void (runs.test(said()) && resolve()));
        child.once("close", () => reject(new Error(`it ended: ${command}\n${said()}`)));
      });
    },
    says: async (command: string): Promise<Said> => {
      const { child, said } = start(command);
      const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
      return { code, text: said() };
    },
  };
};

const blockWith = (part: string): string => {
  const found = blocks.filter((block) => block.includes(part));
  if (found.length !== 1) throw new Error(`the document has ${found.length} commands with ${part}`);
  return found[0] ?? "";
};

/** A browser that trusts the simulators, answers "accept" as Ada, and keeps our cookie. */
const browse = async (link: string, caFile: string): Promise<string> => {
  const ca = await readFile(caFile, "utf8");
  let cookie = "";
  let at = link;
  for (let hops = 0; hops < 20; hops++) {
    const url = new URL(at);
    if (url.protocol === "http:") {
      const answer = await fetch(url, { redirect: "manual", headers: cookie === "" ? {} : { cookie } });
      cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie;
      if (answer.status !== 302) return await answer.text();
      at = answer.headers.get("location") ?? "";
      continue;
    }
    const { status, text, location } = await new Promise<{ status: number; text: string; location: string }>(
      (resolve, reject) => {
        request(url, { ca, headers: { accept: "text/html" } }, (incoming) => {
          let body = "";
          incoming.setEncoding("utf8").on("data", (piece: string) => void (body += piece));
          incoming.on("end", () =>
            resolve({
              status: incoming.statusCode ?? 0,
              text: body,
              location: incoming.headers.location ?? "",
            }),
          );
        })
          .once("error", reject)
          .end();
      },
    );
    if (status === 302) at = location;
    else {
      const [, choice] = /ada@contoso\.example[^<]*<a href="([^"]+)">accept/.exec(text) ?? [];
      if (choice === undefined) throw new Error(`no way on: ${status} ${text}`);
      at = new URL(choice.replaceAll("&#38;", "&"), url).href;
    }
  }
  throw new Error("the browser is led in circles");
};

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
  expect(blocks).toHaveLength(9);
  expect(blocks.filter((block) => !/hybrid|curl/.test(block))).toEqual([]);
});
