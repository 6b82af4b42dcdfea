import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import { people } from "./customer.ts";
import type { Product } from "./product.ts";
import { meanwhile, type Visitor } from "./visitor.ts";

const [ada, , cem, dora] = people;
const lines = 10_000;

/** Two lines can be followed; of the rest each has one of the faults. */
const file = (): string => {
  const good = [`,${cem.mail},enable`, `,${dora.mail},enable`];
  const bad = [`,${ada.mail},explode`, `,${cem.mail},disable`, `,${ada.mail},retry`, ",,enable"];
  const nobody = Array.from(
    { length: lines - good.length - bad.length },
    (_, n) => `,nobody${n}@nordhamn.example,disable`,
  );
  return ["User,Mail address,Order", ...good, ...bad, ...nobody].join("\n");
};

/** A file of ten thousand lines, most of them wrong: looked at, applied, and its report. */
export const orderMany = async (product: Product, admin: Visitor): Promise<void> => {
  const { page, t, press, confirm, follow, sees } = admin;
  await follow("nav.users");
  await press("bulk.title");
  await page
    .getByLabel(t("bulk.file"))
    .setInputFiles({ name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from(file()) });
  for (const code of ["unknownOrder", "twice", "nothingToRetry", "nobodyNamed", "unknownUser"])
    await sees(t(`bulk.code.${code}`));
  await press("bulk.apply_other", { count: 2 });
  await confirm("bulk.apply_other", { count: 2 });
  await meanwhile(product, page.getByText(t("bulk.done_other", { done: 2, count: 2 })));
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: t("bulk.report"), exact: true }).click(),
  ]);
  const report = (await readFile(await download.path(), "utf8")).trim().split("\n");
  expect(report).toHaveLength(lines + 1);
  expect(report.filter((line) => line.includes("unknownUser"))).toHaveLength(lines - 6);
  for (const { objectId } of [cem, dora])
    await meanwhile(product, async () => product.graph.listSubscriptions(objectId).length === 1);
};
