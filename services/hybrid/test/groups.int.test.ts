import {
  type GroupStatus,
  groupCommands,
  groupPrerequisites,
  groupStatus,
  topicSettings,
} from "@hybrid/contracts";
import { actorIdOf, instant, partitionOf } from "@hybrid/kernel";
import { openEmbeddedLog } from "@hybrid/log";
import { expect, test } from "vitest";
import { closedOpener, type Opener, openerFor } from "../src/keys/opener.ts";
import { program } from "../src/program.ts";
import { recordsOf } from "../src/users-view.ts";
import { logPathIn } from "../src/with-log.ts";
import { folder } from "./clouds.ts";
import { hybrid } from "./run-hybrid.ts";

const team = "13e18f40-42fc-11e6-a9d8-211a0dc79769";
const tenant = "6f9619ff-8b86-4011-b42d-00c04fc964ff";
const webexOrg = "0a0a0a0a-1111-4111-8111-000000000001";
const partitions = 2;

const blocked: GroupStatus = {
  standing: "blocked",
  step: "people",
  reason: "noOwner",
  teamName: "Build Squad",
  groupId: null,
  libraryUrl: null,
  spacesLinked: 0,
  spacesWaiting: 1,
  refused: [{ person: "p-1", reason: "noExternalId" }],
  refusedCount: 1,
  failures: 0,
  nextTryAt: 1_767_600_000_000,
  at: 1_767_513_600_000,
};

test("every command of groups has help with an example", () => {
  const groups = program().commands.find((command) => command.name() === "groups");
  const names = groups?.commands.map((command) => command.name()) ?? [];
  expect(names).toEqual(
    expect.arrayContaining(
      (
        "list show connect disconnect retry prerequisites permissions configure authorise revoke " +
        "enable disable confirm"
      ).split(" "),
    ),
  );
  for (const command of groups?.commands ?? []) {
    let help = "";
    command.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp();
    expect(help).toContain(`pnpm hybrid groups ${command.name()}`);
  }
});

test("orders of the command line reach the service's topic, and what it tells is shown", {
  timeout: 120_000,
}, async () => {
  /*
   * Goal: each command writes the order that it says, refuses what cannot be one, and shows what was told.
   * Method: an embedded log with the topics and without services; each command is a process of its own.
   */
  const at = await folder();
  const clock = { now: () => instant(1_767_513_600_000) };
  const path = logPathIn(at);
  const topics = [groupCommands, groupStatus, groupPrerequisites];
  const seed = await openEmbeddedLog({ path, clock });
  await seed.createTopics(topics.map((topic) => topicSettings(topic, partitions)));
  const key = actorIdOf(`acme/r-${team}`);
  await seed.append([
    {
      topic: groupStatus.name,
      partition: partitionOf(key, partitions),
      key,
      value: groupStatus.encode(blocked),
      timestamp: clock.now(),
    },
  ]);
  await seed.close();
  const run = (...words: readonly string[]) =>
    hybrid(["groups", ...words, "--org", "acme", "--data", at], { LANG: "sv_SE.UTF-8" });
  const options = ["--tenant", tenant, "--webex-org", webexOrg, "--mode", "everyTeam", "--new"];
  for (const words of [
    ["configure", ...options],
    ["authorise"],
    ["enable"],
    ["confirm", "tenantName", "--value", "acme.example"],
    ["connect", Buffer.from(`ciscospark://us/TEAM/${team}`).toString("base64"), "--name", "Crew"],
    ["retry", team],
    ["disconnect", team],
  ])
    expect([words, await run(...words)]).toEqual([words, expect.objectContaining({ code: 0, stderr: "" })]);
  const log = await openEmbeddedLog({ path, clock });
  const written: string[] = [];
  const readBy = async (opener: Opener): Promise<readonly (string | null | undefined)[]> => {
    const names: (string | null | undefined)[] = [];
    written.length = 0;
    for await (const { key, value } of recordsOf({ log, partitions, opener }, groupCommands)) {
      written.push(`${key} ${value?.kind} ${value?.value ?? ""}`.trim());
      if (value?.kind === "connect") names.push(value.name);
    }
    return names;
  };
  const opener = openerFor(log, { partitions, clock, place: { kind: "embedded", path } });
  expect(await readBy(opener)).toEqual(["Crew"]);
  await opener.close();
  // A team's name is sealed for the organisation.
  expect(await readBy(closedOpener())).toEqual([null]);
  await log.close();
  expect(written.sort()).toEqual([
    "acme/o authorise",
    "acme/o configure",
    "acme/o confirm acme.example",
    "acme/o enable",
    `acme/r-${team} connect`,
    `acme/r-${team} disconnect`,
    `acme/r-${team} retry`,
  ]);
  expect(await run("connect", "nonsense")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is no team"),
  });
  expect(await run("confirm", "linkedFolder")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean "linkedFolders"?'),
  });
  const listed = JSON.parse((await run("list", "--json")).stdout) as readonly object[];
  expect(listed).toEqual([{ team, ...blocked }]);
  const shown = await run("show", team);
  expect(shown.stdout).toContain("noOwner");
  expect(shown.stdout).toContain("Gör någon med länkat konto till moderator");
  const prerequisites = await run("prerequisites");
  expect(prerequisites.code).toBe(1);
  expect(prerequisites.stdout).toContain("Länkade mappar är aktiverade");
});
