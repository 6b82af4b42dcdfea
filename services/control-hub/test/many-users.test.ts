import { userDirectory, userStatus } from "@hybrid/contracts";
import { partitionOfKey } from "@hybrid/kernel";
import type { OutgoingRecord } from "@hybrid/log";
import { expect, test } from "vitest";
import { entry, partitions, scene, startAt, status } from "./scene.ts";

/** Half a million is longer than a suite may take: with HYBRID_SCALE=1 only. */
const users = process.env["HYBRID_SCALE"] === "1" ? 500_000 : 10_000;
const batch = 5_000;

const addressOf = (index: number): string => `user.${index.toString(36)}.${index % 977}@acme.example`;

const recordsOf = (index: number, timestamp: OutgoingRecord["timestamp"]): readonly OutgoingRecord[] => {
  const key = `acme/u-${index}`;
  const place = { partition: partitionOfKey(key, partitions), key, timestamp };
  const mailAddress = addressOf(index);
  const isFailing = index % 50 === 0;
  const said = isFailing
    ? status({ mailAddress, to: "error", reason: "mailboxMissing", nextTryAt: startAt + index * 100 })
    : status({ mailAddress });
  return [
    { ...place, topic: userDirectory.name, value: userDirectory.encode(entry({ mailAddress })) },
    { ...place, topic: userStatus.name, value: userStatus.encode(said) },
  ];
};

test(`${users} users: the first page under 200 ms, a search under 300 ms`, async () => {
  const { log, clock, get, signIn, views } = await scene();
  const told = views.organisations.changes(views.organisations.token(), AbortSignal.timeout(1_200_000));
  const begunAt = performance.now();
  for (let at = 0; at < users; at += batch)
    await log.append(Array.from({ length: batch }, (_, index) => recordsOf(at + index, clock.now())).flat());
  const wanted = `acme/u-${users - 1}`;
  const has = () =>
    views.organisations.all("SELECT 1 FROM users WHERE key = ? AND to_state IS NOT NULL", wanted).length > 0;
  for await (const _batch of told) if (has()) break;
  const seconds = (performance.now() - begunAt) / 1_000;
  const browser = await signIn();
  const timed = async (url: string): Promise<number> => {
    const from = performance.now();
    const answer = await get(browser, url);
    expect(answer.statusCode).toBe(200);
    return performance.now() - from;
  };
  const figures = {
    first: await timed("/api/o/acme/users"),
    error: await timed("/api/o/acme/users?state=error"),
    common: await timed("/api/o/acme/users?search=user.1"),
    rare: await timed(`/api/o/acme/users?search=${addressOf(users - 7)}`),
    overview: await timed("/api/o/acme/overview"),
  };
  process.stdout.write(
    `${JSON.stringify({ users, writtenAndReadSeconds: seconds, milliseconds: figures })}\n`,
  );
  expect(figures.first).toBeLessThan(200);
  expect(figures.error).toBeLessThan(200);
  expect(figures.common).toBeLessThan(300);
  expect(figures.rare).toBeLessThan(300);
}, 1_800_000);
