import { canRunKafka } from "@hybrid/tools/kafka-local";
import { test } from "vitest";
import { benches } from "../src/catalog.ts";
import { expectFigures } from "./run-bench.ts";

const ability = await canRunKafka();
const onKafka = benches.map(({ name }) => name).filter((name) => name.startsWith("kafka-"));

test.skipIf(!ability.ok).each(onKafka)("%s measures each of its figures, at a small size", async (name) => {
  await expectFigures(name, 1);
});
