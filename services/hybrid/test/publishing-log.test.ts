import {
  adminCommands,
  fingerprintOf,
  fingerprintText,
  SchemaBook,
  schemas,
  topicSettings,
} from "@hybrid/contracts";
import { instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openEmbeddedLog } from "@hybrid/log";
import { expect, test } from "vitest";
import { publishingLog } from "../src/publishing-log.ts";

test("every append is preceded by the schemas of its records, on a log that lacks the topic too", async () => {
  const clock = new VirtualClock(instant(1_800_000_000_000));
  const inner = await openEmbeddedLog({ path: ":memory:", clock });
  const log = publishingLog(inner, clock, [adminCommands]);
  await log.createTopics([topicSettings(adminCommands, 2)]);
  const record = { topic: adminCommands.name, partition: 0, key: "acme/u-1", value: Uint8Array.of(1) };
  for (let n = 0; n < 3; n++) await log.append([{ ...record, timestamp: clock.now() }]);
  expect(await log.offsets(adminCommands.name, 0)).toMatchObject({ start: 0, end: 3 });
  expect(await log.offsets(schemas.name, 0)).toMatchObject({ start: 0, end: 1 });
  const book = new SchemaBook(inner);
  await book.refresh();
  const written = adminCommands.versions.at(-1) ?? "";
  expect(book.find(fingerprintText(fingerprintOf(written)))).toEqual(written);
  await log.close();
});
