import { readFile } from "node:fs/promises";
import { seconds } from "@hybrid/kernel";
import { expect } from "vitest";
import { people } from "./customer.ts";
import type { Product } from "./product.ts";
import { meanwhile, type Visitor } from "./visitor.ts";

const [ada, bo, cem] = people;

/** Two people talk in a space. */
const talk = ({ webex }: Product): void => {
  const [one, other] = [bo, cem].map(({ mail }) => webex.people().find(({ email }) => email === mail));
  if (!one || !other) throw new Error("Bo and Cem are at Webex");
  const room = webex.spaces.createRoom(one, "Project Birch");
  webex.spaces.addMember(one.uuid, room, other);
  webex.spaces.post(one, room, { markdown: "Can we *begin*?" });
  webex.spaces.post(other, room, { text: "Yes <script>alert(1)</script>" });
};

/** An archive connector, from the terms to its progress. */
export const setUpArchive = async (product: Product, admin: Visitor): Promise<void> => {
  const { page, t, press, follow, sees, acceptAs } = admin;
  talk(product);
  // The feed is read up to ten seconds ago: what is newer may still come late.
  product.clock.advance(seconds(20));
  await follow("nav.hybrid");
  await press("archive.add");
  await sees(t("archive.terms.right"));
  await press("action.accept");
  await page.getByRole("textbox", { name: t("archive.name") }).fill("main");
  await press("action.next");
  await sees(t("archive.readBy", { officer: ada.mail }));
  await press("archive.saveFinish");
  await page.getByRole("switch", { name: t("archive.autoMap") }).waitFor();
  await press("action.next");
  await sees(t("archive.consentWaits"));
  await press("archive.provideConsent");
  await acceptAs(ada);
  await acceptAs(ada);
  await sees(t("consent.accepted"));
  await press("action.next");
  // Now that the tenant lets us look, it is foreseen whose mailboxes get copies.
  await sees(bo.mail);
  await sees(t("archive.mappedTo.mailbox"));
  await sees(t("archive.fromYesterday"));
  await press("archive.make");
  await meanwhile(product, page.getByText(t("archive.running"), { exact: true }));
};

/** The first day of the connector, with its log. */
export const firstDay = async (product: Product, admin: Visitor): Promise<void> => {
  const { page, t } = admin;
  await page.getByRole("link", { name: t("hybrid.seeDays") }).click();
  await page.getByRole("heading", { name: "main", exact: true }).waitFor();
  // Two messages of the talk for both, and what the new group said in its space for everybody there.
  await meanwhile(product, page.getByRole("cell", { name: "7", exact: true }).first());
  const mails = [bo, cem].map(({ objectId }) => product.graph.listMail(objectId).length);
  expect(mails).toEqual([2, 3]);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: t("action.downloadLog"), exact: true }).click(),
  ]);
  expect(await readFile(await download.path(), "utf8")).toMatch(/,3,7,7,0,0,0,/);
};
