import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { shutdownOnEnd, shutdownOnSignal } from "../src/index.ts";
import { MemoryLogger } from "./workbench.ts";

class FakeProcess extends EventEmitter {
  readonly codes: number[] = [];
  exit(code: number): void {
    this.codes.push(code);
  }
}

const setUp = (stop: () => Promise<void>) => {
  const fake = new FakeProcess();
  let expire: () => void = () => undefined;
  const takeOff = shutdownOnSignal({
    stop,
    logger: new MemoryLogger(),
    process: fake as unknown as NodeJS.Process,
    deadlineTimer: (_ms, run) => {
      expire = run;
      return () => {
        expire = () => undefined;
      };
    },
  });
  return { fake, takeOff, expire: () => expire() };
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("the first signal stops everything and ends with code 0", async () => {
  let stops = 0;
  const { fake, expire } = setUp(async () => {
    stops += 1;
  });
  fake.emit("SIGTERM", "SIGTERM");
  await turn();
  expire();
  expect([stops, fake.codes]).toEqual([1, [0]]);
});

test("a stop that fails ends with code 1", async () => {
  const { fake } = setUp(() => Promise.reject(new Error("no")));
  fake.emit("SIGINT", "SIGINT");
  await turn();
  expect(fake.codes).toEqual([1]);
});

test("a stop that takes too long ends with code 1", async () => {
  const { fake, expire } = setUp(() => new Promise(() => undefined));
  fake.emit("SIGTERM", "SIGTERM");
  await turn();
  expect(fake.codes).toEqual([]);
  expire();
  expect(fake.codes).toEqual([1]);
});

test("a second signal ends at once, and handlers can be taken off", async () => {
  const { fake, takeOff } = setUp(() => new Promise(() => undefined));
  fake.emit("SIGINT", "SIGINT");
  fake.emit("SIGINT", "SIGINT");
  expect(fake.codes).toEqual([130]);
  takeOff();
  expect(fake.listenerCount("SIGTERM") + fake.listenerCount("SIGINT")).toBe(0);
});

test.each([
  ["stops in good order", () => Promise.resolve(), [1]],
  ["cannot be stopped", () => Promise.reject(new Error("no")), [1]],
  ["hangs", () => new Promise<void>(() => undefined), []],
] as const)(
  "a process that is out of its group for good and %s ends with code 1",
  async (_how, stop, codes) => {
    const fake = new FakeProcess();
    const logger = new MemoryLogger();
    let expire: () => void = () => undefined;
    shutdownOnEnd(Promise.reject(new Error("access was refused")), {
      stop,
      logger,
      process: fake as unknown as NodeJS.Process,
      deadlineTimer: (_ms, run) => {
        expire = run;
        return () => undefined;
      },
    });
    await turn();
    expect(fake.codes).toEqual(codes);
    expect(JSON.stringify(logger)).toContain("access was refused");
    expire();
    expect(fake.codes.at(-1)).toBe(1);
  },
);
