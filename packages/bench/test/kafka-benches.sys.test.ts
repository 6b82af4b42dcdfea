import { canRunKafka } from "@hybrid/tools/kafka-local";
import { test } from "vitest";
import { benches } from "../src/catalog.ts";
import { expectFigures } from "./run-bench.ts";

const ability = await canRunKafka();
const onKafka = benches.map(({ name }) => name).filter((name) => name.startsWith("kafka-"));
// Each starts brokers and workers of its own: all of them in CI, otherwise the quickest.
const measured = process.env["HYBRID_LONG"] === "1" ? onKafka : ["kafka-loop"];

test.skipIf(!ability.ok).each(measured)("%s measures each of its figures, at a small size", async (name) => {
  await expectFigures(name, 1);
});
