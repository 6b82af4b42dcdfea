import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clouds, folder, objectIdOf, tenantId, webexOrg } from "./clouds.ts";
import { hybrid, startHybrid } from "./run-hybrid.ts";

const scopes = ["events", "messages", "rooms", "memberships"].map((name) => `spark-compliance:${name}_read`);
const archivist = "user1@acme.example";

/** Both clouds with a talk of two, one of whom has no licence, and the settings of an archive. */
const talked = async () => {
  const at = await folder();
  const { graph, webex, environment } = await clouds(at);
  const [one, two, three] = webex.people();
  if (!one || !two || !three) throw new Error("people are missing");
  webex.addToken({
    token: "officer",
    orgId: webexOrg,
    defaultSite: "acme.webex.com",
    person: archivist,
    scopes,
  });
  const room = webex.spaces.createRoom(one, "Project Birch");
  for (const other of [two, three]) webex.spaces.addMember(one.uuid, room, other);
  webex.spaces.post(one, room, { markdown: "Can we *begin*?" });
  webex.spaces.post(two, room, { text: "Yes" });
  await writeFile(join(at, "officer"), "officer\n");
  const settings = {
    ...environment,
    WEBEX_ACCESS_TOKEN_FILE: join(at, "officer"),
    ARCHIVE_ADMINISTRATORS: archivist,
    ARCHIVE_SEALING_KEY: Buffer.alloc(32, 9).toString("base64"),
    ARCHIVE_FOLDER: join(at, "blobs"),
  };
  return { at, graph, settings };
};

test("a connector is made by who may, shown, logged, compared with the mailboxes and exported", {
  timeout: 300_000,
}, async () => {
  const { at, graph, settings } = await talked();
  const saidBefore = Date.now();
  const run = (...args: readonly string[]) => hybrid(["archive", ...args], settings);
  const up = startHybrid(["up", "--service", "archiver"], settings);
  try {
    await up.prints(/all services run/);
    const create = ["create", "main", "--org", "acme", "--tenant", tenantId];
    const refused = await run(...create, "--by", "mallory@acme.example", "--accept-terms");
    expect([refused.code, `${refused.stdout}${refused.stderr}`]).toEqual([
      2,
      expect.stringContaining("ARCHIVE_ADMINISTRATORS"),
    ]);
    const unwilling = await run(...create, "--by", archivist);
    expect([unwilling.code, `${unwilling.stdout}${unwilling.stderr}`]).toEqual([
      2,
      expect.stringContaining("--accept-terms"),
    ]);
    const chosen = [...create, "--by", archivist, "--accept-terms", "--poll", "60000"];
    const preview = async () => JSON.parse((await run(...chosen, "--json")).stdout);
    // The feed is read up to ten seconds ago: a clock may be ahead of Webex's.
    await expect
      .poll(async () => (await preview()).mapping.participants, { timeout: 60_000, interval: 500 })
      .toBe(3);
    const seen = await preview();
    expect(seen).toMatchObject({
      ordered: false,
      name: "main",
      terms: { people: [], groups: [], spaces: [] },
      source: { problem: null },
      consent: [{ tenantId, problem: null }],
      consentAddresses: [],
      mapping: {
        participants: 3,
        withMailbox: 2,
        withoutMailbox: 1,
        first: [
          { email: "user1@acme.example", state: "mailbox", userPrincipalName: "user1@acme.example" },
          { email: "user2@acme.example", state: "mailbox" },
          { email: "user3@acme.example", state: "noMailbox" },
        ],
      },
    });
    const unasked = await run(...chosen);
    expect([unasked.code, `${unasked.stdout}${unasked.stderr}`]).toEqual([
      2,
      expect.stringContaining("--yes"),
    ]);
    expect((await run("list", "--json")).stdout.trim()).toBe("[]");
    const made = await run(...chosen, "--yes");
    expect([made.code, made.stdout]).toEqual([
      0,
      expect.stringMatching(/3 participants.*2 with a mailbox, 1 without \(their copies count as failed\)/),
    ]);
    const again = await run(...create, "--by", archivist, "--accept-terms");
    expect([again.code, `${again.stdout}${again.stderr}`]).toEqual([2, expect.stringContaining("already")]);

    const mails = () => [1, 2].map((n) => graph.listMail(objectIdOf(n)).length);
    await expect.poll(mails, { timeout: 180_000, interval: 200 }).toEqual([2, 2]);
    const shown = async () => (await run("log", "main", "--org", "acme")).stdout;
    await expect.poll(shown, { timeout: 30_000, interval: 500 }).toMatch(/,2,6,4,0,0,2,/);
    expect((await run("list")).stdout).toContain("main");
    const status = async () => JSON.parse((await run("show", "main", "--org", "acme", "--json")).stdout);
    // A round ends after its last page of the feed; what it brought may be in the mailboxes before.
    await expect
      .poll(async () => (await status()).archivedTo, { timeout: 90_000, interval: 500 })
      .toBeGreaterThan(saidBefore);
    expect(await status()).toMatchObject({ state: "running", createdBy: archivist, openItems: 0 });
    const good = await run("verify", "main", "--org", "acme", "--json");
    expect(JSON.parse(good.stdout)).toMatchObject({
      items: 2,
      missing: [],
      missingInLog: [],
      missingInSource: [],
      wrongDays: [],
      withoutMailbox: ["user3@acme.example"],
    });

    const [lost] = graph.listMail(objectIdOf(2));
    graph.deleteMail(objectIdOf(2), lost?.id ?? "");
    const bad = await run("verify", "main", "--org", "acme");
    expect([bad.code, bad.stdout]).toEqual([
      1,
      expect.stringMatching(/1 missing in mailboxes.*[^]*missing in the mailbox\tuser2@acme.example/),
    ]);

    const out = join(at, "mails");
    expect((await run("export", "main", "--org", "acme", "--out", out)).stdout).toContain("2 mails");
    const [first = ""] = (await readdir(out)).sort();
    expect(await readFile(join(out, first), "utf8")).toContain("Subject: Project Birch");
  } finally {
    up.kill("SIGTERM");
    await up.ended;
  }
});
