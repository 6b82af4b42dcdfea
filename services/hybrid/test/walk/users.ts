import { expect } from "vitest";
import { type Inhabitant, people } from "./customer.ts";
import type { Product } from "./product.ts";
import { meanwhile, type Visitor } from "./visitor.ts";

const [ada, bo] = people;

/** Opens what is known of a user. */
const open = async ({ page, follow }: Visitor, { mail }: Inhabitant) => {
  await follow("nav.users");
  await page.getByRole("row", { name: new RegExp(mail) }).click();
  return page.getByRole("complementary", { name: mail });
};

const switchOn = async (admin: Visitor, person: Inhabitant) => {
  const drawer = await open(admin, person);
  await drawer.getByRole("button", { name: admin.t("action.switchOn"), exact: true }).click();
  await drawer.getByText(admin.t("order.done"), { exact: true }).waitFor();
  return drawer;
};

/** People are switched on: one is Active; one fails, is mended at Microsoft, tried again, and Active. */
export const activateUsers = async (product: Product, admin: Visitor): Promise<void> => {
  const { page, t, follow } = admin;
  const { graph } = product;
  const first = await switchOn(admin, ada);
  await meanwhile(product, first.getByText(t("users.fine")));
  expect(graph.listSubscriptions(ada.objectId)).toHaveLength(1);
  const failing = await switchOn(admin, bo);
  await meanwhile(product, failing.getByText(t("reason.mailboxMissing")).first());
  await failing.getByText(t("reason.mailboxMissing.todo")).waitFor();
  await failing.getByText(t("users.nextRetry")).first().waitFor();
  graph.setMailboxState(bo.objectId, "normal");
  await failing.getByRole("button", { name: t("action.retryNow"), exact: true }).click();
  await meanwhile(product, failing.getByText(t("users.fine")));
  expect(graph.listSubscriptions(bo.objectId)).toHaveLength(1);
  await follow("nav.audit");
  await page.getByText(t("act.users.retry")).first().waitFor();
};
