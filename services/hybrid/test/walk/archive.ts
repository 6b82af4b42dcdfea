import { seconds } from "@hybrid/kernel";
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
