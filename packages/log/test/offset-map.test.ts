import fc from "fast-check";
import { expect, test } from "vitest";
import { OffsetMap } from "../src/copy/offset-map.ts";

/** Offsets that grow, by more than one where records are gone or markers stand between. */
const offsets = (length: number) =>
  fc
    .array(fc.integer({ min: 1, max: 5 }), { minLength: length, maxLength: length })
    .map((steps) => steps.reduce<number[]>((all, step) => [...all, (all.at(-1) ?? -1) + step], []));

test("a position moves with the first record that is not applied yet, whatever offsets the copy gives", () => {
  const copies = fc
    .nat(40)
    .chain((length) => fc.tuple(offsets(length), offsets(length), fc.array(fc.nat(220), { maxLength: 5 })));
  fc.assert(
    fc.property(copies, ([olds, copied, positions]) => {
      const map = new OffsetMap();
      for (const position of positions) map.want("events", 3, position);
      for (const [index, old] of olds.entries()) map.note("events", 3, { old, copied: copied[index] ?? -1 });
      for (const position of positions) {
        const unapplied = olds.filter((old) => old >= position).length;
        const left = copied.filter((offset) => offset >= map.translate("events", 3, position));
        expect(left).toHaveLength(unapplied);
      }
      expect(map.end("events", 3)).toBe((copied.at(-1) ?? -1) + 1);
      expect(map.end("events", 2)).toBe(0);
      // Behind the last record comes the marker of its transaction.
      const end = (copied.at(-1) ?? -1) + 2;
      map.close("events", 3, end);
      const done = positions.filter((position) => position > (olds.at(-1) ?? -1));
      expect(done.map((position) => map.translate("events", 3, position))).toEqual(done.map(() => end));
    }),
  );
});

test("a position that nobody has asked for before the copy cannot be told", () => {
  const map = new OffsetMap();
  map.want("events", 0, 7);
  expect(() => map.translate("events", 0, 8)).toThrow("offset 8 of events, partition 0");
  expect(map.translate("events", 0, 7)).toBe(0);
});
