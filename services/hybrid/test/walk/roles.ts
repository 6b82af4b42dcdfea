import type { Browser } from "playwright-core";
import { expect } from "vitest";
import { customer, people } from "./customer.ts";
import type { Product } from "./product.ts";
import { type Language, signIn, type Visitor, visitor } from "./visitor.ts";

const [, bo, cem, dora] = people;

/** What the server answers to an order that the page itself would not send. */
const order = (path: string, body: object, { page }: Visitor): Promise<number> =>
  page.evaluate(
    async ([to, sent]) => {
      const { csrfToken } = (await (await fetch("/api/session")).json()) as { csrfToken: string };
      const answer = await fetch(`/api${to}`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-csrf-token": csrfToken },
        body: sent,
      });
      return answer.status;
    },
    [path, JSON.stringify(body)] as const,
  );

const org = `/o/${customer.org}`;

/** Who may only look, who may help and who is a user: each is refused what the role does not have. */
export const refuseRoles = async (browser: Browser, product: Product, language: Language): Promise<void> => {
  const looker = await visitor(browser, product, language);
  await signIn(product, looker, ["Hub.Read"], bo);
  await looker.follow("nav.settings");
  const off = looker.page.getByRole("button", { name: looker.t("action.deactivate"), exact: true });
  await off.waitFor();
  expect(await off.getAttribute("aria-disabled")).toBe("true");
  const tenant = `${org}/tenants/${customer.tenantId}/orders`;
  expect(await order(tenant, { order: "deactivate" }, looker)).toBe(403);
  expect(await order(`${org}/users/${bo.objectId}/orders`, { order: "disable" }, looker)).toBe(403);

  const helper = await visitor(browser, product, language);
  await signIn(product, helper, ["Hub.Help"], cem);
  await helper.follow("nav.users");
  await helper.page.getByRole("row", { name: new RegExp(bo.mail) }).click();
  const retry = helper.page.getByRole("button", { name: helper.t("action.switchOff"), exact: true });
  await retry.waitFor();
  expect(await retry.getAttribute("aria-disabled")).not.toBe("true");
  expect(await order(tenant, { order: "deactivate" }, helper)).toBe(403);
  expect(await order(`${org}/groups/orders`, { order: "disable" }, helper)).toBe(403);

  // Somebody without a role sees what is about themselves, and nothing of the organisation.
  const user = await visitor(browser, product, language);
  await signIn(product, user, [], dora);
  await user.sees(user.t("users.fine"));
  const look = (path: string): Promise<number> =>
    user.page.evaluate(async (to) => (await fetch(`/api${to}`)).status, path);
  expect([await look(`${org}/users`), await look(`${org}/overview`)]).toEqual([403, 403]);
  expect(await order(`${org}/users/${bo.objectId}/orders`, { order: "disable" }, user)).toBe(403);
  for (const { faults } of [looker, helper, user]) expect(faults).toEqual([]);
};
