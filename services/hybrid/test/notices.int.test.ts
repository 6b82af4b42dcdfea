import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startMailServer } from "@hybrid/notices/testing";
import { expect, onTestFinished, test } from "vitest";
import { clouds, folder, objectIdOf, tenantId } from "./clouds.ts";
import { hybrid, startHybrid } from "./run-hybrid.ts";

test("from the import to the mail: who becomes Active is written to once, and the commands show it", {
  timeout: 240_000,
}, async () => {
  /*
   * Goal: notices work in the product as a whole, and only where they are set.
   * Method: real processes on an embedded log, both clouds simulated, and a real mail server with STARTTLS
   * and a login.
   */
  const at = await folder();
  const mail = await startMailServer();
  onTestFinished(() => mail.close());
  const { environment: plain } = await clouds(at);
  const environment = {
    ...plain,
    NOTICES_SMTP_HOST: mail.config.host,
    NOTICES_SMTP_PORT: String(mail.config.port),
    NOTICES_SMTP_CA: mail.config.ca ?? "",
    NOTICES_SMTP_USER: mail.config.login?.user ?? "",
    NOTICES_SMTP_PASSWORD: mail.config.login?.password ?? "",
    NOTICES_FROM: "Hybrid <hybrid@acme.example>",
    CONSENT_URL: "https://hybrid.acme.example",
  };
  const tried = await hybrid(["notices", "test", "--to", "ada@acme.example"], environment);
  expect(tried).toMatchObject({ code: 0, stdout: expect.stringContaining("has taken the mail") });
  expect(mail.delivered.map(({ to }) => to)).toEqual([["ada@acme.example"]]);

  const services = "directory,user-state,notification-ingest,notices";
  const up = startHybrid(["up", "--service", services], environment);
  onTestFinished(() => up.kill("SIGKILL"));
  await up.prints(/all services run/);
  const people = ["objectId,tenantId,mailAddress,userId"];
  for (const n of [1, 2]) people.push(`${objectIdOf(n)},${tenantId},user${n}@acme.example,${n}`);
  await writeFile(join(at, "people.csv"), people.join("\n"));
  await hybrid(["users", "import", join(at, "people.csv"), "--org", "acme"], environment);
  await hybrid(["tenants", "authorize", tenantId, "--org", "acme"], environment);
  const list = ["notices", "list", "--org", "acme", "--json"];
  let told = "[]";
  while ((told.match(/"sent"/g) ?? []).length < 2) ({ stdout: told } = await hybrid(list, environment));
  const to = mail.delivered.slice(1).flatMap(({ to: each }) => each);
  expect(to.toSorted()).toEqual(["user1@acme.example", "user2@acme.example"]);
  for (const { mail: got } of mail.delivered.slice(1))
    expect(got).toMatchObject({ subject: "Your calendar is connected to Webex" });
  expect(JSON.parse(told)).toMatchObject([
    { kind: "activated", outcome: "sent", code: null, consentEndsAt: null },
    { kind: "activated", outcome: "sent" },
  ]);
  expect((await hybrid(["users", "show", "1"], environment)).stdout).toContain("activated: sent");
  const doctor = await hybrid(["doctor", "--json"], environment);
  const findings = JSON.parse(doctor.stdout) as readonly { readonly what: string }[];
  expect(findings.find(({ what }) => what === "notices")).toMatchObject({
    state: "ok",
    found: expect.stringContaining("logged in as hybrid"),
  });

  await hybrid(["users", "erase", "user1@acme.example", "--yes"], environment);
  while (told.includes("acme/u-1")) ({ stdout: told } = await hybrid(list, environment));
  expect(JSON.parse(told)).toMatchObject([{ user: "acme/u-2" }]);
  expect(mail.delivered).toHaveLength(3);
});
