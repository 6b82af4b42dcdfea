import { customer, people } from "./customer.ts";
import type { Visitor } from "./visitor.ts";

const [ada, bo] = people;

/** Hybrid Calendar, from the card to the first Active user. */
export const setUpCalendar = async (admin: Visitor): Promise<void> => {
  const { page, t, press, confirm, follow, sees, acceptAs } = admin;
  await follow("nav.hybrid");
  const card = page.getByRole("article", { name: t("service.calendar") });
  await card.getByText(t("missing.tenant")).waitFor();
  await card.getByRole("button", { name: t("action.setUp"), exact: true }).click();
  await page.getByRole("radio", { name: t("calendar.cloud.worldwide") }).waitFor();
  await press("action.next");
  await sees("RoleManagement.Read.Directory");
  // Bo may not consent for everybody, and is sent back with the reason.
  await press("action.authorize");
  await acceptAs(bo);
  await sees(t("consent.needsAdministrator"));
  await press("action.authorize");
  await acceptAs(ada);
  await acceptAs(ada);
  await sees(t("calendar.tick.role"));
  await sees(t("calendar.inService", { tenant: customer.tenantId }));
  await press("action.next");
  await page.getByLabel(t("trial.mailbox")).fill(bo.mail);
  await press("action.testMailbox");
  await sees(t("trial.licence"));
  await page.getByLabel(t("trial.mailbox")).fill(ada.mail);
  await press("action.testMailbox");
  await sees(t("trial.works"));
  await press("action.next");
  await page.getByLabel(t("calendar.siteName")).fill(customer.site);
  await press("action.save");
  await page
    .getByRole("status")
    .filter({ hasText: t("order.done") })
    .waitFor();
  await press("action.next");
  await press("calendar.observe");
  await sees(t("calendar.mode.observe"));
  await press("calendar.live");
  await confirm("calendar.live");
  await page.getByRole("button", { name: t("calendar.observe"), exact: true }).waitFor();
  await press("action.next");
  await press("calendar.synchronise");
  await page
    .getByRole("status")
    .filter({ hasText: t("missing.firstUser") })
    .waitFor();
  await press("hybrid.seeUsers");
};
