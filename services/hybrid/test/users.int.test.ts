import { expect, onTestFinished, test } from "vitest";
import { clouds, folder, objectIdOf, tenantId } from "./clouds.ts";
import { hybrid, startHybrid } from "./run-hybrid.ts";

interface Row {
  readonly user: string;
  readonly to: string;
  readonly version: number;
  readonly obstacles: readonly string[];
}

const ada = `acme/u-${objectIdOf(1)}`;

test("people of both clouds are synchronised, shown, enabled, tried again, exported and removed by command", {
  timeout: 240_000,
}, async () => {
  const { webex, environment } = await clouds(await folder());
  const up = startHybrid(["up"], environment);
  onTestFinished(() => up.kill("SIGKILL"));
  await up.prints(/all services run/);
  const run = (...args: readonly string[]) => hybrid(["users", ...args], environment);
  const rows = async (...args: readonly string[]): Promise<readonly Row[]> =>
    JSON.parse((await run("list", "--json", ...args)).stdout) as readonly Row[];

  expect((await run("sync", "--org", "acme", "--from", "graph")).stderr).toContain(
    "no tenant of acme is authorised",
  );
  webex.updatePerson(webex.people()[1]!.uuid, { hasSignedIn: false });
  expect(await hybrid(["tenants", "authorize", tenantId, "--org", "acme"], environment)).toMatchObject({
    code: 0,
  });
  const foreseen = await run("sync", "--org", "acme", "--dry-run", "--from", "webex");
  expect(foreseen.stdout).toContain("would have created 0, changed 0, removed 0");
  const synced = await run("sync", "--org", "acme");
  expect(synced).toMatchObject({ code: 0 });
  expect(synced.stdout).toMatch(/^acme\/o\/sync-webex\tdone \(full\)\t3\t0\t/m);
  // The test's application may not read domains, and is told so.
  expect(synced.stdout).toMatch(/^acme\/o\/sync-graph-\S+\tdone \(full\)\t3\t0\t\S+\treadDomains: /m);
  expect((await rows()).map(({ to }) => to)).toEqual(["disabled", "disabled", "disabled"]);

  const enabled = await run("enable", "--all", "--org", "acme", "--json");
  expect(
    (JSON.parse(enabled.stdout) as readonly { outcome: string }[]).map(({ outcome }) => outcome),
  ).toEqual(["applied", "applied", "applied"]);
  let present = await rows();
  while (!present.some(({ to }) => to === "active")) present = await rows();
  expect(present.map(({ to }) => to)).toEqual(["active", "notActivated", "notActivated"]);
  expect(present[1]).toMatchObject({ obstacles: ["notSignedIn"] });
  expect(await rows("--reason", "NotSignedIn", "--tenant", tenantId)).toHaveLength(1);
  const page = await run("list", "--limit", "1", "--address", "USER");
  expect(page.stdout.trim().split("\n")).toHaveLength(2);
  expect(page.stderr).toContain(`2 more: --after ${ada}`);
  expect(await rows("--after", ada)).toHaveLength(2);

  const shown = await run("show", "User1@acme.example");
  expect(shown.stdout).toMatch(/^state\tactive$/m);
  expect(shown.stdout).toMatch(/^linked by externalId\tfalse$/m);
  expect(shown.stdout).toMatch(/^finding\texternalIdMissing: /m);
  expect((await run("show", "user9@acme.example")).stderr).toContain("did you mean");

  const stale = await run("disable", ada, "--if-match", "1");
  expect(stale).toMatchObject({ code: 1 });
  expect(stale.stdout).toContain("refused");
  expect((await run("retry", ada)).stderr).toContain("is active: there is nothing to try again");
  expect((await run("retry", "user2@acme.example")).stderr).toContain("is kept back (notSignedIn)");
  expect((await run("disable", ada)).stdout).toMatch(new RegExp(`^${ada}\tdone\t3$`, "m"));
  expect((await run("disable", ada)).stdout).toContain("was so");

  const csv = (await run("export", "--org", "acme")).stdout.trim().split("\n");
  expect(csv[0]).toMatch(/^user,mailAddress,tenantId,objectId,state,reason,wanted,/);
  expect(csv).toHaveLength(4);
  const findings = await run("findings", "--csv", "--code", "externalIdMissing");
  expect(findings.stdout.match(/,externalIdMissing,/g)).toHaveLength(3);

  expect((await run("remove", ada)).stdout).toContain("done");
  expect((await run("sync", "--org", "acme", "--from", "webex", "--full")).code).toBe(0);
  expect((await rows()).map(({ user }) => user)).not.toContain(ada);
  expect((await run("enable", "nobody@acme.example")).code).toBe(2);
});
