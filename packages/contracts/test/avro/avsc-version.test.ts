import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import avro from "avsc";
import { expect, test } from "vitest";

/*
 * src/avro/schema-type.ts replaces methods of avsc that are not its public interface. Another release may
 * rename them, and then avsc's own ones would be back without a word: longs that become others, damage that
 * takes all memory. So exactly one version is accepted. Who changes it reads that file and these tests again.
 */
const version = "5.7.9";

test("exactly the version whose private methods are replaced is pinned and installed", () => {
  const workspace = readFileSync(new URL("../../../../pnpm-workspace.yaml", import.meta.url), "utf8");
  const [, pinned] = /^ {2}avsc: (\S+)$/m.exec(workspace) ?? [];
  const installed = createRequire(import.meta.url)("avsc/package.json") as { version: string };
  expect([pinned, installed.version]).toEqual([version, version]);
});

test.each([
  ["LongType", ["_check", "_read", "_write"]],
  ["IntType", ["_read"]],
  ["ArrayType", ["_read", "_skip"]],
  ["EnumType", ["_check", "_write"]],
  ["LogicalType", ["_fromValue", "_toValue", "_resolve"]],
] as const)("avsc's %s still has the methods that are replaced: %j", (type, methods) => {
  const { prototype } = avro.types[type] as unknown as { prototype: Readonly<Record<string, unknown>> };
  expect(methods.filter((method) => typeof prototype[method] !== "function")).toEqual([]);
});

test("what makes us replace them is still so: avsc alone turns a long into another", () => {
  const plain = avro.Type.forSchema("long");
  const written = Buffer.alloc(10);
  // 2^53 - 1, zigzag encoded: 2^54 - 2.
  written.set([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f]);
  const said = ((): unknown => {
    try {
      return plain.decode(written).value;
    } catch (error) {
      return error;
    }
  })();
  expect(said).not.toBe(Number.MAX_SAFE_INTEGER);
});
