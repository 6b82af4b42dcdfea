import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineTopic, schemas, sealedType, topicSettings } from "@hybrid/contracts";
import { actorIdOf, instant, type Sealed, sealedFor } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openEmbeddedLog } from "@hybrid/log";
import { KeyRing, sealValue } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { expect, onTestFinished, test } from "vitest";
import { defineView, openView, viewTable } from "../src/index.ts";

const letters = defineTopic<{ readonly subject: Sealed<{ readonly text: string }> }>({
  name: "letters",
  doc: "A letter.",
  keyDoc: "the receiver",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["tests"],
  versions: [{ type: "record", name: "Letter", fields: [{ name: "subject", type: sealedType("user") }] }],
});

const definition = defineView({
  name: "letters",
  version: 1,
  tables: [
    viewTable({
      name: "letters",
      topic: letters,
      columns: { subject: "sealed", body: "text" },
      row: ({ subject }) => ({ subject, body: JSON.stringify({ id: 1, text: "", sealedTexts: subject }) }),
    }),
  ],
});

const body = { id: 1, text: "for her eyes" };

test("what is sealed stays closed in the file, opens when it is asked for, and not after its erasure", async () => {
  const clock = new VirtualClock(instant(Date.UTC(2026, 0, 5, 8)));
  const vault = new TestVault();
  const keys = new KeyRing({ vault, clock });
  const folder = await mkdtemp(join(tmpdir(), "hybrid-view-"));
  const log = await openEmbeddedLog({ path: ":memory:", clock });
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  const view = openView({ definition, path: join(folder, "letters.sqlite"), scheduler: clock, logger });
  onTestFinished(async () => {
    await view.close();
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });
  await log.createTopics([letters, schemas].map((topic) => topicSettings(topic, 1)));
  const ada = actorIdOf("acme/u-ada");
  const closed = sealValue({ subject: sealedFor(ada, { text: "for her eyes" }) }, vault);
  await log.append([
    {
      topic: "letters",
      partition: 0,
      key: ada,
      value: letters.encode(closed as never),
      timestamp: clock.now(),
    },
  ]);
  view.follow(log, 1, keys);
  await view.caughtUp();
  const [row] = view.all("SELECT subject, body FROM letters");
  expect(await view.opened(row?.["subject"] ?? null)).toEqual({ text: "for her eyes" });
  expect(await view.openedJson([row?.["body"] ?? null, null, "[1]"])).toEqual([body, null, [1]]);
  for (const name of await readdir(folder))
    expect((await readFile(join(folder, name))).includes("for her eyes")).toBe(false);
  vault.erase(ada);
  clock.advanceBy(60_001);
  expect(await view.opened(row?.["subject"] ?? null)).toBeUndefined();
  expect(await view.openedJson([row?.["body"] ?? null])).toEqual([{ ...body, text: "" }]);
});
