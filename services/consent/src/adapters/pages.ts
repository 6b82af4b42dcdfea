import { type Refusal, refusals } from "#domain/refusals";
import type { TrialStep } from "./try-mailbox.ts";

/** Text as HTML shows it. */
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);

const paragraph = (text: string): string => `<p>${escaped(text)}</p>`;

const list = (lines: readonly string[]): string =>
  lines.length === 0 ? "" : `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>`;

const style =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}" +
  "li{margin:.3rem 0}input{font:inherit;padding:.3rem;width:20rem}button{font:inherit;padding:.3rem 1rem}";

/** Nothing but the page itself: no script, no frame, no address of the page for others. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

const page = (title: string, ...parts: readonly string[]): string =>
  [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>`,
    `<meta name="viewport" content="width=device-width"><style>${style}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    ...parts,
    "</body></html>",
  ].join("\n");

/** What only somebody sees who connects the own calendar. */
const ofUsers: ReadonlySet<string> = new Set([
  "connectDeclined",
  "usersMayNotConsent",
  "notAUser",
  "connectedAsAWhole",
]);

/** The page that says why the tenant, or the calendar, is not authorised. */
export const refusalPage = ({ code, details }: Refusal): string => {
  const { happened, todo } = refusals[code];
  const title = ofUsers.has(code) ? "Your calendar is not connected" : "The tenant is not authorised";
  return page(title, paragraph(happened), list(details), paragraph(todo), paragraph(`(${code})`));
};

/** The form in which a mailbox is named. */
export interface MailboxForm {
  readonly action: string;
  readonly ticket: string;
}

const mailboxForm = ({ action, ticket }: MailboxForm): string =>
  [
    `<form method="post" action="${escaped(action)}">`,
    `<input type="hidden" name="ticket" value="${escaped(ticket)}">`,
    "<p><label>A mailbox to try (address or object id): an event is put into its calendar, and removed.<br>",
    '<input name="mailbox" required autocomplete="off"></label> <button>Try it</button></p></form>',
  ].join("");

/** The page after the permissions were accepted. */
export const acceptedPage = (
  told: readonly string[],
  notes: readonly string[],
  form: MailboxForm | null,
): string =>
  page("The permissions were accepted", ...told.map(paragraph), list(notes), form ? mailboxForm(form) : "");

/** The page for a user whose calendar is connected. */
export const connectedPage = (until: string): string =>
  page(
    "Your calendar is connected",
    paragraph("Join details are written into your invitations from now on."),
    paragraph(`This holds until ${until}. Connect your calendar again before then, at this same address.`),
    paragraph("You can take it back at any time at myapps.microsoft.com."),
  );

/** The page with the steps of a trial. */
export const trialPage = (
  steps: readonly TrialStep[],
  told: readonly string[],
  { backTo, ...form }: MailboxForm & { readonly backTo: string | null },
): string => {
  const isGood = steps.every(({ isDone }) => isDone);
  const lines = steps.map(({ step, isDone, trouble, todo }) =>
    isDone ? `done: ${step}` : `failed: ${step}. ${trouble ?? ""} ${todo ?? ""}`,
  );
  return page(
    isGood ? "The mailbox works" : "The mailbox does not work",
    list(lines),
    ...told.map(paragraph),
    isGood ? "" : mailboxForm(form),
    backTo === null ? "" : `<p><a href="${escaped(backTo)}">Back to Control Hub</a></p>`,
  );
};
