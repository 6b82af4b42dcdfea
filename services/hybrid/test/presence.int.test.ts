import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { program } from "../src/program.ts";
import { clouds, folder, objectIdOf, tenantId } from "./clouds.ts";
import { hybrid, startHybrid } from "./run-hybrid.ts";

interface Seen {
  readonly status: string;
  readonly source?: string;
  readonly webexReason?: string | null;
}

const token = "0123456789abcdef";

test("every command of presence and migrations has help with an example", () => {
  for (const name of ["presence", "migrations"]) {
    const parent = program().commands.find((command) => command.name() === name);
    expect(parent?.commands.length).toBeGreaterThan(1);
    for (const command of parent?.commands ?? []) {
      let help = "";
      command.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp();
      expect(help).toContain(`pnpm hybrid ${name} ${command.name()}`);
    }
  }
});

/** Asks until it holds; the test's own time limit ends a wait in vain. */
const until = async <Found>(look: () => Promise<Found>, holds: (found: Found) => boolean): Promise<Found> => {
  for (;;) {
    const found = await look();
    if (holds(found)) return found;
  }
};

test("on real clocks a status set in a mailbox is read over HTTP, in the stream and from the command line", {
  timeout: 180_000,
}, async () => {
  /*
   * Goal: what docs/PRESENCE.md says of times and places, with real processes.
   * Method: the services in one process against both clouds simulated here; mailboxes are read every minute.
   */
  const at = await folder();
  const { graph, environment } = await clouds(at);
  const settings = { PRESENCE_API_TOKENS: `acme=${token}`, PRESENCE_POLL_EVERY_MS: "1m" };
  const up = startHybrid(["up"], { ...environment, ...settings });
  onTestFinished(() => up.kill("SIGKILL"));
  const printed = await up.prints(/all services run/);
  const api = /"presence":"(?<url>[^"]+)"/.exec(printed)?.groups?.["url"] ?? "";
  const people = ["objectId,tenantId,mailAddress,userId"];
  for (const n of [1, 2]) people.push(`${objectIdOf(n)},${tenantId},user${n}@acme.example,${n}`);
  await writeFile(join(at, "people.csv"), people.join("\n"));
  await hybrid(["users", "import", join(at, "people.csv"), "--org", "acme"], environment);
  await hybrid(["tenants", "authorize", tenantId, "--org", "acme"], environment);

  const ask = async (path: string): Promise<Response> =>
    await fetch(`${api}/presence/${path}`, { headers: { authorization: `Bearer ${token}` } });
  const look = async (n: number): Promise<Seen> => (await (await ask(`acme/users/${n}`)).json()) as Seen;
  // Replies that were on before anybody watched are seen with the first reading of the mailbox.
  graph.setAutomaticReplies(objectIdOf(1), { status: "alwaysEnabled" });
  await until(
    () => look(1),
    ({ status }) => status === "outOfOffice",
  );
  expect(await look(1)).toMatchObject({ source: "automaticReplies", webexReason: "noPerson" });

  const stream = await ask("acme/events");
  const reader = stream.body?.getReader();
  onTestFinished(async () => await reader?.cancel());
  const [startedAt, endAt] = [Date.now(), Date.now() + 3_600_000];
  graph.setAutomaticReplies(objectIdOf(2), {
    status: "scheduled",
    scheduledStartAt: startedAt - 1_000,
    scheduledEndAt: endAt,
  });
  let told = "";
  while (!told.includes('"user":"2","status":"outOfOffice"')) {
    const part = await reader?.read();
    if (part === undefined || part.done) throw new Error(`the stream ended: ${told}`);
    told += Buffer.from(part.value).toString();
  }
  const tookMs = Date.now() - startedAt;
  expect(tookMs).toBeLessThan(80_000);
  process.stdout.write(`presence: seen after ${tookMs} ms, mailboxes read every minute\n`);
  expect(await look(2)).toMatchObject({ status: "outOfOffice", until: endAt });

  const listed = await hybrid(["presence", "list", "--org", "acme", "--json"], environment);
  const rows = JSON.parse(listed.stdout) as readonly {
    readonly user: string;
    readonly outOfOffice: boolean;
  }[];
  expect(rows.map(({ user, outOfOffice }) => [user, outOfOffice])).toEqual([
    ["1", true],
    ["2", true],
  ]);
  expect((await hybrid(["presence", "show", "2", "--org", "acme"], environment)).stdout).toMatch(
    /out of office/,
  );
  expect(await hybrid(["presence", "show", "9", "--org", "acme"], environment)).toMatchObject({ code: 2 });
  for (const words of [
    ["cluster", "north", "--exchange-users", "100"],
    ["force", "1"],
  ])
    expect(await hybrid(["migrations", ...words, "--org", "acme"], environment)).toMatchObject({ code: 0 });
  const clusters = await until(
    async () => (await hybrid(["migrations", "clusters", "--org", "acme", "--json"], environment)).stdout,
    (text) => text.includes("north"),
  );
  expect(JSON.parse(clusters)).toMatchObject([{ cluster: "north", colour: "green", exchangeUsersMax: 100 }]);
  expect((await hybrid(["migrations", "list", "--org", "acme", "--json"], environment)).code).toBe(0);
  up.kill("SIGTERM");
  const stopped = await up.ended;
  expect(stopped.code).toBe(0);
});
