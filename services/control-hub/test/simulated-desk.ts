import type { ConnectorPreview, Explained, TrialStep } from "@hybrid/control-hub-page/api";
import type { ConsentErrand, HubDesk, Judging } from "../src/desk.ts";

/** A desk whose answers the test sets, and which remembers what it was asked. */
export interface SimulatedDesk extends HubDesk {
  readonly errands: ConsentErrand[];
  /** Where users who connect their calendars come back. */
  readonly connecting: string[];
  /** Tenants that do not let the archive in. */
  readonly missingConsent: Set<string>;
  /** Why a step of the next trials fails; null: none does. */
  failing: { readonly name: TrialStep["name"]; readonly code: string } | null;
  preview: ConnectorPreview;
  explained: Explained;
  readonly judgedBy: Judging[];
}

const leftAlone: Explained = {
  event: {
    locations: ["@webex"],
    keyword: { keyword: "webex", action: "personalRoom" },
    rules: [
      { name: "notOrganizer", passed: true },
      { name: "cancelled", passed: true },
      { name: "past", passed: false },
    ],
    decision: { kind: "skip", reason: "past", place: null },
    isOurs: false,
    bodyHoldsOwnLink: false,
    holdsRuledLink: false,
  },
  meeting: {
    service: "webex",
    rule: "webex-personal-room",
    field: "body",
    url: "https://acme.webex.com/meet/ada",
    video: null,
    meetingId: null,
  },
  seen: [
    { field: "body", text: "https://acme.webex.com/meet/ada", rule: "webex-personal-room", refused: null },
    { field: "body", text: "https://evil.example/meet/ada", rule: null, refused: "lookAlikeHost" },
  ],
  faults: [],
  blocks: 0,
};

/** The address to which a wizard sends a browser for a consent. */
const consentAddress = (origin: string, { app }: ConsentErrand): string =>
  `${origin}/consent/start?ticket=${app}`;

const stepNames: readonly TrialStep["name"][] = ["found", "settings", "created", "removed"];

/** What the other services would do for the page, played by the test. */
export const simulatedDesk = (consentOrigin = "https://consent.example"): SimulatedDesk => {
  const desk: SimulatedDesk = {
    errands: [],
    connecting: [],
    missingConsent: new Set(),
    judgedBy: [],
    explained: leftAlone,
    failing: null,
    preview: {
      source: { officer: "olga@acme.example", problem: null },
      consent: [],
      mapping: {
        first: [
          { email: "ada@acme.example", state: "mailbox", userPrincipalName: "ada@acme.example" },
          { email: "guest@elsewhere.example", state: "noUser", userPrincipalName: null },
        ],
        participants: 2,
        withMailbox: 1,
        withoutMailbox: 1,
        seen: null,
      },
      mappingProblem: null,
    },
    cloud: "worldwide",
    observed: { on: ["decorator", "presence"], off: ["decorator", "directory", "presence"] },
    permissions: {
      calendar: [
        { name: "Calendars.ReadWrite", isRequired: true },
        { name: "MailboxSettings.Read", isRequired: true },
        { name: "User.Read.All", isRequired: false },
        { name: "Domain.Read.All", isRequired: false },
      ],
      groups: [{ name: "Group.ReadWrite.All", isRequired: true }],
      archive: [{ name: "Mail.ReadWrite", isRequired: true }],
    },
    consentLink: async (errand) => {
      desk.errands.push(errand);
      return consentAddress(consentOrigin, errand);
    },
    connectLink: async (returnTo) => {
      desk.connecting.push(returnTo);
      return `${consentOrigin}/consent/connect?ticket=connect`;
    },
    async *tryMailbox() {
      for (const name of stepNames) {
        if (desk.failing?.name === name) return yield { ...desk.failing, isDone: false };
        yield { name, isDone: true, code: null };
      }
    },
    explainText: (text, by) => {
      desk.judgedBy.push(by);
      return text.startsWith("{") && !text.includes("subject") ? null : desk.explained;
    },
    explainEvent: async ({ eventId }, by) => {
      desk.judgedBy.push(by);
      return eventId === "AAkALg" ? desk.explained : null;
    },
    languages: ["en", "sv", "ja"],
    // As the decorator does it, but for the words: the organisation's text, and a link, in a block of ours.
    previewDetails: ({ settings: { join }, invitation }) =>
      ["en", "sv", "ja"].map((language) => {
        const own = join.texts.find((each) => each.language === language) ?? { header: "", footer: "" };
        const lines = [invitation, own.header, "https://acme.webex.com/meet/ada", own.footer];
        const html = lines.map((line) => `<div>${line.replaceAll("<", "&lt;")}</div>`).join("");
        const body = `<body><div style="margin-top:16px">${html}</div></body>`;
        return { language, name: language, html: `<html>${body}</html>`, text: lines.join("\n") };
      }),
    mayArchive: (address) => address === "ada@acme.example",
    previewConnector: async ({ tenants }) => {
      const consent = tenants.map((tenantId) => ({
        tenantId,
        problem: desk.missingConsent.has(tenantId) ? "consentRevoked" : null,
      }));
      const problem = consent.find((each) => each.problem !== null)?.problem ?? null;
      if (problem === null) return { ...desk.preview, consent };
      return { ...desk.preview, consent, mapping: null, mappingProblem: problem };
    },
  };
  return desk;
};
