// A process of its own: ten thousand clients must not share an event loop with what they listen to.
import { Agent, get } from "node:http";
import { instant, minutes } from "@hybrid/kernel";
import { makeToken } from "@hybrid/meetings";
import { onOrder, taskOf, tell } from "../peer.ts";
import { subjectActor } from "../subject.ts";
import type { ClientsMessage, ClientsTask, ListOrder } from "./clients.ts";
import { openStream } from "./event-stream.ts";
import { paced } from "./paced.ts";

const { port, users, key, prefix } = taskOf() as ClientsTask;
/** Connections that are opened at the same time. */
const openedTogether = 100;
const toldEveryMs = 50;

const say = (message: ClientsMessage): void => tell(message);
const tokens = new Map<number, string>();
/** Each client has one, and shows it with every request. */
const tokenOf = async (user: number): Promise<string> => {
  const order = { user: subjectActor(user), now: instant(Date.now()), forMs: minutes(60) };
  const token = tokens.get(user) ?? (await makeToken(order, Buffer.from(key, "hex")));
  tokens.set(user, token);
  return token;
};

const changed: (readonly [user: number, at: number])[] = [];
let resets = 0;

const listen = async (user: number): Promise<() => void> => {
  let isNew = true;
  const heard = (name: string): void => {
    if (name === "change") changed.push([user, performance.timeOrigin + performance.now()]);
    // Who shows no place is told to read everything, once.
    else if (name === "reset" && !isNew) resets += 1;
    if (name === "reset") isNew = false;
  };
  const broken = (error: Error): void => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  };
  const address = { port, path: `${prefix}/v1/changes`, token: await tokenOf(user) };
  return openStream(address, { heard, broken });
};

const agent = new Agent({ keepAlive: true, maxSockets: 50 });

const list = async (user: number): Promise<number> => {
  const headers = { authorization: `Bearer ${await tokenOf(user)}` };
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const options = { port, path: `${prefix}/v1/meetings?limit=50`, headers, agent };
    const request = get(options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`a list was answered with ${response.statusCode}`));
      response.on("end", () => resolve(performance.now() - startedAt)).resume();
    });
    request.on("error", reject);
  });
};

const lists = async ({ from, perSecond, seconds }: ListOrder): Promise<void> => {
  const afterMs: number[] = [];
  await paced(perSecond, seconds, async (nth) => {
    afterMs.push(await list((from + nth * 7_919) % users));
  });
  say({ kind: "listed", afterMs });
};

const closing: (() => void)[] = [];
for (let from = 0; from < users; from += openedTogether) {
  const some = Array.from({ length: Math.min(openedTogether, users - from) }, (_, n) => listen(from + n));
  closing.push(...(await Promise.all(some)));
}
const telling = setInterval(() => {
  if (changed.length > 0 || resets > 0) say({ kind: "heard", changed: changed.splice(0), resets });
  resets = 0;
}, toldEveryMs);
onOrder((order) => {
  lists(order as ListOrder).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});
process.once("disconnect", () => {
  clearInterval(telling);
  for (const close of closing) close();
  agent.destroy();
});
say({ kind: "listening" });
