import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualClock } from "@hybrid/kernel/testing";
import fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import {
  answerProblems,
  HttpFault,
  idempotencyKeyOf,
  openSqliteRequestMemory,
  RepeatedRequests,
  type RequestMemory,
  RequestsUnavailable,
} from "../src/index.ts";

const faultOf = (error: unknown): HttpFault | null => (error instanceof HttpFault ? error : null);

const open = async (changes: Partial<RequestMemory> = {}) => {
  const folder = await mkdtemp(join(tmpdir(), "hybrid-repeated-"));
  const kept = openSqliteRequestMemory({ path: join(folder, "r.sqlite"), clock: new VirtualClock() });
  const memory = { ...kept, ...changes };
  onTestFinished(async () => {
    await kept.close();
    await rm(folder, { recursive: true, force: true });
  });
  const troubles: unknown[] = [];
  const process = () => new RepeatedRequests(memory, { faultOf, onTrouble: (error) => troubles.push(error) });
  const carriedOut: boolean[] = [];
  /** Sends a request to a process; what is carried out ends as `end` says. */
  const send = (
    at: RepeatedRequests,
    request: unknown,
    { key = "k", end = async () => "answer" }: { key?: string | null; end?: () => Promise<string> } = {},
  ) =>
    at.once(
      { key, by: "anna", request },
      {
        carryOut: (isAgain) => {
          carriedOut.push(isAgain);
          return end();
        },
        keep: () => "id",
        answerAgain: async (id) => `found by ${id}`,
      },
    );
  return { process, send, carriedOut, troubles };
};

test("the same key is carried out once; the next process finds the answer by what was kept", async () => {
  const { process, send, carriedOut } = await open();
  const one = process();
  const both = await Promise.all([send(one, { a: 1 }), send(one, { a: 1 })]);
  expect([both, await send(one, { a: 1 })]).toEqual([["answer", "answer"], "answer"]);
  expect(await send(process(), { a: 1 })).toBe("found by id");
  expect(carriedOut).toEqual([false]);
});

test("the key is good for nothing else, here and in the next process; without a key nothing is held back", async () => {
  const { process, send, carriedOut } = await open();
  const one = process();
  await send(one, { a: 1 });
  for (const at of [one, process()])
    await expect(send(at, { a: 2 })).rejects.toMatchObject({ status: 422, code: "otherRequest" });
  await send(one, { a: 2 }, { key: null });
  await send(one, { a: 2 }, { key: null });
  expect(carriedOut).toEqual([false, false, false]);
});

test("what is under way elsewhere is refused, with when to come again", async () => {
  const { process, send } = await open();
  const gate = Promise.withResolvers<string>();
  const first = send(process(), {}, { end: () => gate.promise });
  await expect(send(process(), {})).rejects.toMatchObject({ status: 409, more: { retryAfter: 2 } });
  gate.resolve("answer");
  expect(await first).toBe("answer");
});

test.each([
  ["refused", new HttpFault(422, "invalidRequest", "no"), false],
  ["to come again later", new HttpFault(503, "throttled", "later"), false],
  ["failed on the way", new HttpFault(502, "unavailable", "gone"), true],
  ["a fault of ours", new Error("unforeseen"), true],
])(
  "what was %s is carried out again, knowing whether it may be a second time",
  async (_what, error, again) => {
    const { process, send, carriedOut } = await open();
    const one = process();
    await expect(send(one, {}, { end: () => Promise.reject(error) })).rejects.toBe(error);
    expect(await send(one, {})).toBe("answer");
    expect(carriedOut).toEqual([false, again]);
  },
);

test("what was done is answered although it could not be kept, and somebody is told", async () => {
  const away = () => Promise.reject(new RequestsUnavailable("away"));
  const { process, send, troubles } = await open({ keep: away });
  expect(await send(process(), {})).toBe("answer");
  expect(troubles).toHaveLength(1);
});

test("keys are short and of ASCII", () => {
  expect([idempotencyKeyOf(undefined), idempotencyKeyOf("k-1")]).toEqual([null, "k-1"]);
  for (const key of ["", "a b", "å", "x".repeat(201), ["a"]])
    expect(() => idempotencyKeyOf(key)).toThrow(/1 to 200 ASCII/);
});

test("faults are told as problems; what nobody foresaw without details, under the id of the log's line", async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  answerProblems(app, { what: "tests", faultOf });
  const faults: Readonly<Record<string, Error>> = {
    refused: new HttpFault(412, "changedMeanwhile", "Look again.", { current: { id: 1 }, retryAfter: 3 }),
    away: new RequestsUnavailable("secret place"),
    unforeseen: new Error("secret"),
  };
  app.get<{ Params: { which: string } }>("/:which", ({ params }) => {
    throw faults[params.which] ?? new Error("none");
  });
  app.post("/", () => "done");
  const refused = await app.inject("/refused");
  expect(refused.headers).toMatchObject({
    "content-type": "application/problem+json; charset=utf-8",
    "retry-after": "3",
    "cache-control": "no-store",
  });
  expect(refused.json()).toEqual({
    type: "urn:hybrid:problem:changedMeanwhile",
    title: "It was changed meanwhile",
    status: 412,
    code: "changedMeanwhile",
    detail: "Look again.",
    current: { id: 1 },
  });
  expect((await app.inject("/away")).json()).toMatchObject({ status: 503, code: "requestsUnavailable" });
  const unforeseen = await app.inject("/unforeseen");
  expect(unforeseen.json()).toMatchObject({ status: 500, instance: expect.any(String) });
  expect(unforeseen.body).not.toContain("secret");
  const bad = await app.inject({
    method: "POST",
    url: "/",
    payload: "{",
    headers: { "content-type": "application/json" },
  });
  expect(bad.json()).toMatchObject({ status: 400, code: "badRequest" });
});
