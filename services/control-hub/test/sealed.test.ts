import { type ArchiveFailure, archiveFailures, archiveStatus } from "@hybrid/contracts";
import { actorIdOf } from "@hybrid/kernel";
import { type SealedTogether, sealTogether, sealValue } from "@hybrid/sealing";
import { expect, test } from "vitest";
import { connector, scene, startAt } from "./scene.ts";

const org = actorIdOf("acme/o");

const failure: ArchiveFailure = {
  connector: "main",
  at: startAt,
  itemId: "i1",
  sourceUserId: "p1",
  userPrincipalName: "zoe@acme.example",
  reason: "mailboxMissing",
};

test("an archive connector is shown with its addresses opened, and without them once their keys are gone", async () => {
  const { write, vault, views, signIn, get, clock } = await scene();
  const terms = { ...connector().terms, people: ["zoe@acme.example"], catchAll: "rest@acme.example" };
  const texts: SealedTogether = {
    together: { createdBy: "", people: [], catchAll: null, userPrincipalName: null },
    whose: () => org,
  };
  const sealed = <Value>(value: Value): Value =>
    sealValue(sealTogether(value, texts, { actor: org }), vault) as Value;
  await write(archiveStatus, { "acme/c-main": sealed(connector({ createdBy: "ada@acme.example", terms })) });
  await write(archiveFailures, { "acme/c-main": sealed(failure) }, views.histories);
  expect(JSON.stringify(views.organisations.all("SELECT status FROM connectors"))).not.toContain("@");
  const browser = await signIn();
  const shown = async () => (await get(browser, "/api/o/acme/archive/main")).json();
  expect(await shown()).toMatchObject({
    createdBy: "ada@acme.example",
    people: 1,
    failures: [{ userPrincipalName: "zoe@acme.example", reason: "mailboxMissing" }],
  });
  vault.erase(org);
  clock.advanceBy(61_000);
  expect(await shown()).toMatchObject({
    createdBy: "",
    people: 0,
    failures: [{ userPrincipalName: null, reason: "mailboxMissing" }],
  });
});
