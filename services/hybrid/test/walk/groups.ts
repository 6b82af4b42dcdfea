import { expect } from "vitest";
import { customer, people } from "./customer.ts";
import type { Product } from "./product.ts";
import { meanwhile, type Visitor } from "./visitor.ts";

const [ada, , cem, dora] = people;

/** Groups integration, from the card to the first group of a team. */
export const setUpGroups = async (product: Product, admin: Visitor): Promise<void> => {
  const { page, t, press, follow, sees, acceptAs } = admin;
  await follow("nav.hybrid");
  const card = page.getByRole("article", { name: t("service.groups") });
  await card.getByRole("button", { name: t("action.viewPrerequisites"), exact: true }).click();
  // Once: where groups are made. The set-up text has this under "Before you begin".
  await page.getByRole("radio", { name: customer.tenantId }).check();
  await page.getByLabel(t("groups.options.webexOrg")).fill(customer.webexOrg);
  await press("action.save");
  await meanwhile(product, page.getByText(t("pre.nextWaits")));
  await sees(t("pre.usersActive"));
  for (const name of ["messagingEntitlement", "microsoftContent", "linkedFolders"]) {
    const line = page.getByRole("listitem").filter({ hasText: t(`pre.${name}`) });
    const confirm = line.getByRole("button", { name: t("groups.confirm"), exact: true });
    await confirm.click();
    // The list is live: the tick turns while one looks, and nothing is left to say.
    await meanwhile(product, async () => (await confirm.count()) === 0);
  }
  await page.getByLabel(t("groups.confirmName")).fill("nordhamn.example");
  await press("groups.confirm");
  await press("action.next");
  await sees("Group.ReadWrite.All");
  await press("action.authorize");
  await acceptAs(ada);
  await acceptAs(ada);
  await sees(t("consent.accepted"));
  await press("action.accept");
  await page.getByRole("button", { name: t("action.accept"), exact: true }).waitFor({ state: "detached" });
  await press("action.next");
  await sees(t("groups.authorised"));
  await press("action.goToSettings");
  await page.getByRole("switch", { name: t("groups.enable") }).click();
  await sees(t("groups.enabledLead"));
  await follow("nav.hybrid");
  await card.getByRole("button", { name: t("action.editSettings"), exact: true }).click();
  await page.getByRole("heading", { name: t("groups.settingsTitle") }).waitFor();
};

/** Somebody makes a team at Webex, and it gets its group. */
export const firstGroup = async (product: Product, admin: Visitor): Promise<void> => {
  const { page, t, follow } = admin;
  const { webex, graph } = product;
  const personOf = (mail: string) => {
    const found = webex.people().find(({ email }) => email === mail);
    if (!found) throw new Error(`nobody has the address ${mail}`);
    return found;
  };
  const team = webex.spaces.createTeam(personOf(cem.mail), "Harbour <b>crew</b>");
  const general = webex.spaces.rooms.get(team.uuid);
  if (!general) throw new Error("a team has a General space");
  webex.spaces.addMember(personOf(cem.mail).uuid, general, personOf(dora.mail), { isThroughTeam: true });
  await follow("nav.teams");
  const row = page.getByRole("row").filter({ hasText: "Harbour <b>crew</b>" });
  await meanwhile(product, row.filter({ hasText: t("standing.connected") }));
  const [group] = graph.groups.list(customer.tenantId);
  expect(group?.displayName).toContain("Harbour");
  expect(group?.members).toEqual(expect.arrayContaining([cem.objectId, dora.objectId]));
};
