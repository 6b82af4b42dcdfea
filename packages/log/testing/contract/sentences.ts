import { expect, test } from "vitest";
import { FencedError, LogUnavailableError, UnknownTopicError } from "../../src/index.ts";
import {
  batch,
  join,
  type LogDriver,
  never,
  own,
  plenty,
  record,
  restored,
  stage,
  text,
  user,
  values,
} from "./fixture.ts";

const topicContract = (driver: LogDriver): void => {
  test("creating topics makes what is missing, and nothing at all when one does not fit", async () => {
    const { log, names } = await stage(driver, 2);
    const kept = { partitions: 2, cleanup: "delete" as const, retentionMs: null };
    const missing = { ...kept, name: `${names.other}-missing` };
    const misfit = { ...kept, name: names.source, partitions: 3 };
    await expect(log.createTopics([missing, misfit])).rejects.toMatchObject({ name: "ConfigError" });
    expect((await log.topics()).map(({ name }) => name)).not.toContain(missing.name);
    await log.createTopics([missing, { ...kept, name: names.source }]);
    expect(await log.topics()).toContainEqual(missing);
    expect(await log.append([record(missing.name, "a", { partition: 1 })])).toHaveLength(1);
  });

  test("topics are listed by name", async () => {
    const { log } = await stage(driver, 1);
    const listed = (await log.topics()).map(({ name }) => name);
    expect(listed).toEqual([...listed].sort());
  });

  test("a topic that does not exist is named by whatever is asked about it", async () => {
    const { log } = await stage(driver, 1);
    for (const refused of [log.offsets("no-such-topic", 0), log.append([record("no-such-topic", "a")])]) {
      await expect(refused).rejects.toBeInstanceOf(UnknownTopicError);
      await expect(refused).rejects.toThrow("no-such-topic");
    }
  });

  test("offsets come back in the order of the records, whatever their topics and partitions", async () => {
    const { log, names } = await stage(driver, 3);
    const sent = Array.from({ length: 30 }, (_, n) =>
      record(n % 2 === 0 ? names.output : names.source, `value ${n}`, { partition: (n * 7) % 3 }),
    );
    const offsets = await log.append(sent);
    for (const [index, { topic, partition }] of sent.entries()) {
      const offset = offsets[index] ?? -1;
      const { records } = await log.read({ topic, partition, offset, recordsMax: 1, bytesMax: 1_000_000 });
      expect(text(records[0]?.value ?? null)).toBe(`value ${index}`);
    }
  });

  test("a read that stops at a limit still tells the end", async () => {
    const { log, names } = await stage(driver, 1);
    const [first = -1] = await log.append(["a", "b", "c"].map((value) => record(names.output, value)));
    const request = { topic: names.output, partition: 0, offset: first, recordsMax: 1, bytesMax: 1_000_000 };
    const { endOffset, records } = await log.read(request);
    expect(records).toHaveLength(1);
    expect(endOffset).toBe((await log.offsets(names.output, 0)).end);
  });

  test("a poll is woken by what another worker appends", async () => {
    const { log, second, names, group } = await stage(driver, 1);
    const { owned } = await own(log, group);
    const polled = owned.poll(plenty, never());
    const other = await second();
    await other.append([record(names.output, "for others"), record(names.source, "for the owner")]);
    expect((await polled).map(({ value }) => text(value))).toEqual(["for the owner"]);
  });

  test("a closed log refuses everything as unavailable, and closing again does nothing", async () => {
    const { log, names, group } = await stage(driver, 1);
    await log.close();
    await log.close();
    const listener = { assigned: () => undefined, revoked: () => Promise.resolve() };
    const request = { topic: names.output, partition: 0, offset: 0, ...plenty };
    for (const refused of [
      log.append([record(names.output, "a")]),
      log.read(request),
      log.offsets(names.output, 0),
      log.topics(),
      log.join(group, listener),
      log.lag(group),
    ])
      await expect(refused).rejects.toBeInstanceOf(LogUnavailableError);
  });
};

const ownerContract = (driver: LogDriver): void => {
  test("a restore yields the checkpoint before the journal's tail, in more than one chunk", async () => {
    const { log, group } = await stage(driver, 1);
    const { player, owned } = await own(log, group);
    for (let round = 0; round < 4; round++)
      await owned.commit(
        batch(
          Array.from({ length: 800 }, (_, n) => [user(round * 400 + n), "x".repeat(500)] as const),
          {},
        ),
      );
    const again = await player.membership.fence(0);
    const origins: string[] = [];
    let chunks = 0;
    for await (const chunk of again.restore()) {
      chunks++;
      origins.push(...chunk.map(({ origin }) => origin));
    }
    expect(chunks).toBeGreaterThan(1);
    expect(
      origins.indexOf("journal") < 0 || origins.lastIndexOf("checkpoint") < origins.indexOf("journal"),
    ).toBe(true);
    expect(origins.length).toBeGreaterThanOrEqual(2_000);
  });

  test("the receipts of one commit after another follow each other in the journal", async () => {
    const { log, group } = await stage(driver, 1);
    const { owned } = await own(log, group);
    const entries = [user(1), user(2), user(3)].map((key) => [key, "x"] as const);
    const receipts = [await owned.commit(batch(entries, {})), await owned.commit(batch(entries, {}))];
    for (const { journalOffset, journalNextOffset } of receipts) {
      const request = { topic: group.journal, partition: 0, offset: journalOffset, ...plenty };
      const { records } = await log.read(request);
      const own = records.filter(({ offset }) => offset < journalNextOffset);
      expect(own.map(({ key }) => key)).toEqual(entries.map(([key]) => key));
      expect(own[0]?.offset).toBe(journalOffset);
    }
    expect(receipts[1]?.journalOffset).toBeGreaterThanOrEqual(receipts[0]?.journalNextOffset ?? Number.NaN);
  });

  test("outputs of a commit keep their order; with an unknown partition none is there", async () => {
    const { log, names, group } = await stage(driver, 2);
    const { player, owned } = await own(log, group);
    const outputs = Array.from({ length: 40 }, (_, n) =>
      record(names.output, String(n), { partition: n % 2, key: user(n) }),
    );
    await owned.commit(batch([[user(1), "one"]], { [names.source]: 1 }, { outputs }));
    const wrong = [...outputs, record(names.output, "lost", { partition: 2 })];
    const refused = owned.commit(batch([[user(1), "two"]], { [names.source]: 2 }, { outputs: wrong }));
    await expect(refused).rejects.toBeInstanceOf(UnknownTopicError);
    for (const partition of [0, 1])
      expect(await values(log, names.output, partition)).toEqual(
        Array.from({ length: 20 }, (_, n) => String(n * 2 + partition)),
      );
    const again = await player.membership.fence(0);
    expect(await restored(again)).toEqual({ [user(1)]: "one" });
    expect(again.position?.sources).toEqual({ [names.source]: 1, [names.other]: 0 });
  });

  test("a partition that was closed can be fenced again and goes on", async () => {
    const { log, group } = await stage(driver, 1);
    const { player, owned } = await own(log, group);
    await owned.commit(batch([[user(1), "one"]], {}));
    await owned.close();
    await owned.close();
    const again = await player.membership.fence(0);
    expect(again.epoch).toBeGreaterThan(owned.epoch);
    expect(await restored(again)).toEqual({ [user(1)]: "one" });
    await again.commit(batch([[user(1), "two"]], {}));
    expect(await values(log, group.journal)).toEqual(["one", "two"]);
  });

  test("a poll stays near its bytes whatever the sources hold", async () => {
    const { log, names, group } = await stage(driver, 1);
    const large = (topic: string) => Array.from({ length: 10 }, () => record(topic, "x".repeat(1_000)));
    await log.append([...large(names.source), ...large(names.other)]);
    const { owned } = await own(log, group);
    const polled = await owned.poll({ recordsMax: 100, bytesMax: 4_500 }, never());
    expect(polled.length).toBeGreaterThanOrEqual(1);
    // One record may always be taken, so the bound holds but for one.
    expect(polled.length).toBeLessThanOrEqual(5);
  });

  test("a listener hears of its partitions after it has its membership", async () => {
    const { log, group } = await stage(driver, 3);
    const heard: boolean[] = [];
    const whole = Promise.withResolvers<void>();
    let isJoined = false;
    const assigned = (): void => {
      heard.push(isJoined);
      if (heard.length === 3) whole.resolve();
    };
    await log.join(group, { assigned, revoked: () => Promise.resolve() });
    isJoined = true;
    await whole.promise;
    expect(heard).toEqual([true, true, true]);
  });

  test("leaving waits until the listener gave everything back, and ends membership", async () => {
    const { log, group } = await stage(driver, 2);
    const asked = Promise.withResolvers<void>();
    const allowed = Promise.withResolvers<void>();
    const player = await join(log, group, () => {
      asked.resolve();
      return allowed.promise;
    });
    await player.until((has) => has.size === 2);
    let isLeft = false;
    const left = player.membership.leave().then(() => (isLeft = true));
    await asked.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(isLeft).toBe(false);
    allowed.resolve();
    await left;
    expect(player.has.size).toBe(0);
    await expect(player.membership.fence(0)).rejects.toBeInstanceOf(FencedError);
  });
};

/** What port.ts promises in words and the other parts of the suite do not ask for. */
export const sentencesContract = (driver: LogDriver): void => {
  topicContract(driver);
  ownerContract(driver);
};
