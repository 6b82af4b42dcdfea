import type { Mailboxes } from "../calendar/mailboxes.ts";
import type { Dice } from "../dice.ts";
import type { DirectoryRoles } from "./directory-roles.ts";

/** Whom the pages of Entra find signed in, and what that person does there. */
export interface SignedIn {
  readonly tenantId: string;
  /** Whether what the pages ask for is accepted. */
  readonly accepts: boolean;
  /** A user with a mailbox in the simulator; an administrator without one when left out. */
  readonly userId?: string;
  /** What the registration adds to the ID token, such as `roles` and `groups`; nothing when left out. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The person at a page of Entra. */
export interface Person {
  readonly tenantId: string;
  readonly accepts: boolean;
  readonly userId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly mayConsent: boolean;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What is needed to know the person at a page. */
export interface BrowserPorts {
  readonly dice: Dice;
  readonly mailboxes: Mailboxes;
  readonly directoryRoles: DirectoryRoles;
}

/** The person that a sign-in stands for. Throws RangeError for a user that there is not. */
export const personOf = ({ dice, mailboxes, directoryRoles }: BrowserPorts, signedIn: SignedIn): Person => {
  const { tenantId, accepts, userId, claims = {} } = signedIn;
  if (userId === undefined) {
    const made = dice.guid("administrator", tenantId);
    directoryRoles.set(made, ["Global Administrator"]);
    const name = "Administrator";
    return {
      tenantId,
      accepts,
      userId: made,
      userName: `admin@${tenantId}`,
      displayName: name,
      mayConsent: true,
      claims,
    };
  }
  const { spec } = mailboxes.get(userId);
  return {
    tenantId: spec.tenantId,
    accepts,
    userId: spec.userId,
    userName: spec.userPrincipalName,
    displayName: spec.displayName,
    mayConsent: directoryRoles.mayConsent(spec.userId),
    claims,
  };
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);

/** What a person chose on the page that {@link choicePage} makes: who is signed in, and what they do. */
export const choiceIn = (ports: BrowserPorts, query: Readonly<Record<string, unknown>>): Person | null => {
  const { simulated_user: userId, simulated_answer: answer } = query;
  if (typeof userId !== "string" || typeof answer !== "string") return null;
  return personOf(ports, { tenantId: "", userId, accepts: answer === "accept" });
};

/** The page that a person sees in a browser: in place of a password it asks whom to be. */
export const choicePage = (
  ports: BrowserPorts,
  address: URL,
  asks: { readonly app: string; readonly forWhat: readonly string[]; readonly tenantId: string | null },
): string => {
  const everybody = ports.mailboxes
    .all()
    .filter(({ spec }) => asks.tenantId === null || spec.tenantId === asks.tenantId);
  const choice = (userId: string, answer: string): string => {
    const target = new URL(address);
    target.searchParams.set("simulated_user", userId);
    target.searchParams.set("simulated_answer", answer);
    return `<a href="${escaped(`${target.pathname}${target.search}`)}">${answer}</a>`;
  };
  const rows = everybody.map(({ spec }) => {
    const roles = ports.directoryRoles.of(spec.userId).join(", ") || "no role";
    const who = `${escaped(spec.displayName)} (${escaped(spec.userPrincipalName)}), ${roles}`;
    return `<li>${who}: ${choice(spec.userId, "accept")} or ${choice(spec.userId, "decline")}</li>`;
  });
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated Microsoft Entra</title>',
    `<h1>Sign in (simulated)</h1><p>${escaped(asks.app)} asks for:</p>`,
    `<ul>${asks.forWhat.map((name) => `<li>${escaped(name)}</li>`).join("")}</ul>`,
    `<p>Who are you, and what do you answer?</p><ul>${rows.join("")}</ul></html>`,
  ].join("\n");
};
