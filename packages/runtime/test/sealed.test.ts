import { actorIdOf, partitionOf, sealedFor, TopologyError } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runService } from "../src/index.ts";
import { TopologyDriver } from "../testing/index.ts";
import type { machine } from "./letters.ts";
import {
  a,
  alice,
  b,
  bob,
  Desk,
  giveOrder,
  type Input,
  orders,
  secret,
  stranger,
  topology,
} from "./letters.ts";
import { partitions } from "./workbench.ts";

let desk: Desk;

beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.close());

const length = (id: string): number => `${secret} ${id}`.length;

test("a sealed value goes through state, tell, post, call, outcome and record, and is never in the log", async () => {
  await desk.start();
  await desk.publish(
    a,
    desk.letter("1", alice),
    { kind: "forward", id: "2", to: [b], by: "tell" },
    { kind: "forward", id: "3", to: [stranger, b], by: "post" },
    { kind: "ask", id: "4" },
    { kind: "print", id: "5" },
  );
  await desk.settle();
  expect(desk.asked).toEqual([`${secret} 1`]);
  expect(await desk.seen(b)).toEqual([`2 ${length("1")}`, `3 ${length("1")}`]);
  expect(await desk.seen(stranger)).toEqual([`3 ${length("1")}`]);
  const own = [`1 ${length("1")}`, `4-answer ${length("answer 4")}`, `5 ${length("1")}`];
  expect([...(await desk.seen(a))].sort()).toEqual(own);
  expect(await desk.everything()).not.toContain(secret);
  expect(await desk.faults()).toEqual([]);
  await desk.restart();
  await desk.publish(a, { kind: "forward", id: "6", to: [stranger], by: "post" });
  await desk.settle();
  expect(await desk.seen(stranger)).toEqual([`3 ${length("1")}`, `6 ${length("1")}`]);
});

test("an erased key makes fields read as erased, wherever they stand, and stops nobody", async () => {
  const service = await desk.start();
  await desk.publish(a, desk.letter("1", alice), desk.letter("2", bob));
  await desk.settle();
  desk.vault.erase(alice);
  await desk.forget();
  await desk.publish(
    a,
    { kind: "forward", id: "3", to: [b], by: "tell" },
    { kind: "forward", id: "4", to: [stranger], by: "post" },
    { kind: "ask", id: "5" },
  );
  await desk.settle();
  expect(await desk.seen(b)).toEqual(["3 erased"]);
  expect(await desk.seen(stranger)).toEqual(["4 erased"]);
  expect(desk.asked).toEqual([undefined]);
  // Bob's letter is as it was, and what comes for Alice from now on has a new key.
  await desk.publish(a, desk.letter("6", alice));
  await desk.settle();
  expect((await desk.seen(a)).slice(-1)).toEqual([`6 ${length("6")}`]);
  expect(service.parked()).toEqual([]);
  expect(await desk.faults()).toEqual([]);
  expect(desk.logger.lines.filter(({ level }) => level === "error")).toEqual([]);
});

test("an actor that is at work when the key goes does not bring it back to life under the next one", async () => {
  await desk.start();
  await desk.publish(a, desk.letter("1", alice));
  await desk.settle();
  desk.vault.erase(alice);
  // Within the minute the old key is still held; the new letter makes the state be written again.
  await desk.publish(a, desk.letter("2", alice));
  await desk.settle();
  await desk.forget();
  await desk.restart();
  await desk.publish(a, { kind: "forward", id: "3", to: [b], by: "tell" });
  await desk.settle();
  expect(await desk.seen(b)).toEqual(["3 erased"]);
});

test("parked inputs and dead letters are sealed too, and are retried open", async () => {
  const broken = {
    ...topology,
    machine: (() => {
      throw new Error("a bug");
    }) as typeof machine,
  };
  const service = await desk.start({ topology: broken, limits: { parkedInputsMax: 2 } });
  await desk.publish(a, desk.letter("1", alice), desk.letter("2", bob), desk.letter("3", alice));
  await desk.settle();
  expect(service.parked()).toMatchObject([{ actor: a, inputs: 2, overflowed: true }]);
  expect(await desk.everything()).not.toContain(secret);
  await desk.restart();
  desk.vault.erase(bob);
  const retry = { kind: "retryParked", actor: a } as const;
  await giveOrder(desk, retry);
  await desk.settle();
  expect(await desk.seen(a)).toEqual([`1 ${length("1")}`, "2 erased"]);
});

test("a failed call gives its order back open, and a vault that is away holds a partition up without loss", async () => {
  await desk.start({ handlers: { ask: () => Promise.reject(new Error("odd")) } });
  await desk.publish(a, desk.letter("1", alice), { kind: "ask", id: "2" });
  await desk.settle();
  expect(await desk.seen(a)).toEqual([`1 ${length("1")}`, `2 ${length("1")}`]);
  desk.vault.failure = new Error("away");
  await desk.publish(stranger, desk.letter("3", bob));
  await desk.settle();
  expect(desk.running[0]?.status().map(({ reason }) => reason)).toContainEqual(
    expect.stringContaining("the vault of keys cannot be reached"),
  );
  desk.vault.failure = undefined;
  await desk.forget();
  expect(await desk.seen(stranger)).toEqual([`3 ${length("3")}`]);
});

test("a step that misses keys is done again on the state as it was, whatever its machine did to that", async () => {
  const careless: typeof machine = (box, input, now, self) => {
    if (input.kind !== "print") return topology.machine(box, input, now, self);
    (box.seen as string[]).push("printed");
    // Nobody has asked for Bob's key yet.
    return { state: { ...box, letters: [{ id: "2", text: sealedFor(bob, "for Bob") }] }, effects: [] };
  };
  await desk.start({ topology: { ...topology, machine: careless } });
  await desk.publish(a, desk.letter("1", alice));
  await desk.settle();
  await desk.publish(a, { kind: "print", id: "2" });
  await desk.settle();
  expect(await desk.seen(a)).toEqual([`1 ${length("1")}`, "printed"]);
});

test("damage of a sealed part parks the actor or is a dead letter, and nobody else minds", async () => {
  const service = await desk.start();
  const good = desk.letter("1", alice) as Extract<Input, { kind: "letter" }>;
  const bad = {
    ...good,
    letter: { id: "2", text: { ...good.letter.text, box: "AQAA" } },
  } as unknown as Input;
  await desk.publish(a, bad);
  await desk.publish(b, good);
  await desk.settle();
  expect(service.parked()).toMatchObject([{ actor: a, cause: "unreadable" }]);
  expect(await desk.seen(b)).toEqual([`1 ${length("1")}`]);
});

test("what is sealed for somebody whom the topology does not declare is never written", async () => {
  const service = await desk.start();
  desk.answer = () => sealedFor(actorIdOf("acme/t-contoso"), secret);
  await desk.publish(a, desk.letter("1", alice), { kind: "ask", id: "2" });
  await desk.settle();
  expect(await desk.seen(a)).toEqual([`1 ${length("1")}`]);
  expect(await desk.everything()).not.toContain(secret);
  expect(service.parked().length + (await desk.log.offsets("box-dead", partitionOf(a, partitions))).end).toBe(
    1,
  );
});

test("a topology that declares nothing of what its topics hold sealed does not start, nor one without keys", async () => {
  const { sealed: _, ...open } = topology;
  await expect(runService(desk.options({ topology: open }))).rejects.toThrow(/box-prints holds values/);
  const { keys: __, ...keyless } = desk.options();
  await expect(runService(keyless)).rejects.toThrow(TopologyError);
});

test("the driver of topologies opens and seals as the runtime does", async () => {
  const driver = new TopologyDriver(topology, { partitions });
  const letter = { id: "1", text: sealedFor(alice, secret) };
  driver.publish(orders, a, { json: JSON.stringify({ kind: "letter", letter }) });
  driver.publish(orders, a, { json: JSON.stringify({ kind: "ask", id: "2" }) });
  expect(driver.openCalls()).toMatchObject([{ call: { text: { value: secret } } }]);
  expect(driver.stateOf(a)).toMatchObject({ letters: [{ text: { keyId: "1", value: secret } }] });
  expect(JSON.stringify(driver.viewOf(a))).not.toContain(secret);
});
