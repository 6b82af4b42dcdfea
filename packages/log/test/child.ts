import { createInterface } from "node:readline";
import { instant } from "@hybrid/kernel";
import { commitNumber, createWorkTopics, findIn, joinWhole, openAt } from "./workload.ts";

// Another process on the log file: `commit` writes until it is killed, `obey` does what its input says.
const [, , role = "", path = ""] = process.argv;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const commitForEver = async (): Promise<void> => {
  // Few pages, so that the WAL is copied to the main file all the time, also when the process is killed.
  const log = await openAt(path, { walPagesMax: 40 });
  await createWorkTopics(log);
  const membership = await joinWhole(log);
  const { position } = await findIn(log, membership);
  const owned = await membership.fence(0);
  say(`start ${position}`);
  for (let n = position; ; n += 3) {
    await Promise.all([n, n + 1, n + 2].map((each) => commitNumber(owned, each)));
    say(`done ${n + 3}`);
  }
};

const obey = async (): Promise<void> => {
  const log = await openAt(path);
  say("open");
  const membership = Promise.withResolvers<Awaited<ReturnType<typeof joinWhole>>>();
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "append") {
      const record = { topic: "work-output", partition: 1, key: null, value: null, timestamp: instant(1) };
      await log.append([record]);
    }
    if (line === "join") membership.resolve(await joinWhole(log));
    if (line === "commit") {
      const owned = await (await membership.promise).fence(0);
      await commitNumber(owned, owned.position?.sources["work-source"] ?? 0);
    }
    if (line === "leave") await (await membership.promise).leave();
    if (line === "close") await log.close();
    say(line);
    if (line === "close") return;
  }
};

await (role === "commit" ? commitForEver() : obey());
