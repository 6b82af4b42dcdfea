import { type ActorId } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Phase, runService } from "../src/index.ts";
import { a, alice, b, Desk, type Input, owners, secret, stranger } from "./letters.ts";
import { Process } from "./workbench.ts";

const actors = [a, b, stranger];

test("property: wherever workers die and any user is erased, each letter is read once, open or as erased", async () => {
  // Goal: exactly once and no plain text on any path. Method: random letters, tells, posts, questions and
  // prints of two owners' texts; workers die at random steps, and one owner's keys may go on the way. The
  // journal is folded with the keys that are left.
  const anyInput = fc.tuple(
    fc.constantFrom(...actors),
    fc.constantFrom("letter", "tell", "post", "ask", "print"),
    fc.constantFrom(...owners),
  );
  const anyDeath = fc.record({
    phase: fc.constantFrom<Phase>("beforeDecode", "afterStep", "beforeAppend", "afterAppend", "afterCall"),
    times: fc.integer({ min: 1, max: 5 }),
    erases: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyInput, { minLength: 1, maxLength: 12 }),
      fc.array(anyDeath, { maxLength: 2 }),
      async (history, deaths) => {
        const own = await Desk.open();
        const inputOf = (kind: string, id: string, owner: ActorId): Input => {
          if (kind === "letter") return own.letter(id, owner);
          if (kind === "ask" || kind === "print") return { kind, id };
          return { kind: "forward", id, to: kind === "tell" ? [] : [b, stranger], by: "post" };
        };
        const size = Math.ceil(history.length / (deaths.length + 1));
        const publish = async (from_: number, to: number): Promise<void> => {
          for (const [n, [actor, kind, owner]] of history.slice(from_, to).entries())
            await own.publish(actor, inputOf(kind, `i${from_ + n}`, owner));
        };
        for (const [index, { erases, ...fuse }] of deaths.entries()) {
          const process = new Process();
          process.fuse = fuse;
          const mortal = await runService(
            own.options({
              observer: process,
              limits: { drainMs: 1 },
              deadlineTimer: (ms, run) => {
                const timer = setTimeout(run, ms);
                return () => clearTimeout(timer);
              },
            }),
          );
          process.onDeath = () => mortal.stop();
          await publish(index * size, (index + 1) * size);
          for (let turn = 0; turn < 60 && !process.killed; turn++)
            await new Promise((resolve) => setImmediate(resolve));
          await process.bury();
          if (erases) own.vault.erase(alice);
        }
        await publish(deaths.length * size, history.length);
        const service = await own.start();
        await own.forget();
        expect(service.parked()).toEqual([]);
        expect(await service.lag()).toBe(0);
        expect(await own.faults()).toEqual([]);
        expect(await own.everything()).not.toContain(secret);
        const letters = history.flatMap(([actor, kind], n) => (kind === "letter" ? [{ actor, n }] : []));
        for (const { actor, n } of letters)
          expect((await own.seen(actor)).filter((text) => text.startsWith(`i${n} `))).toHaveLength(1);
        await own.close();
      },
    ),
    { numRuns: 15 },
  );
}, 60_000);
