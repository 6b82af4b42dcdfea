import type { ConnectorPreview, TrialStep } from "@hybrid/control-hub-page/api";
import type { ConsentErrand, HubDesk } from "../src/desk.ts";

/** A desk whose answers the test sets, and which remembers what it was asked. */
export interface SimulatedDesk extends HubDesk {
  readonly errands: ConsentErrand[];
  /** Tenants that do not let the archive in. */
  readonly missingConsent: Set<string>;
  /** Why a step of the next trials fails; null: none does. */
  failing: { readonly name: TrialStep["name"]; readonly code: string } | null;
  preview: ConnectorPreview;
}

/** The address to which a wizard sends a browser for a consent. */
const consentAddress = (origin: string, { app }: ConsentErrand): string =>
  `${origin}/consent/start?ticket=${app}`;

const stepNames: readonly TrialStep["name"][] = ["found", "settings", "created", "removed"];

/** What the other services would do for the page, played by the test. */
export const simulatedDesk = (consentOrigin = "https://consent.example"): SimulatedDesk => {
  const desk: SimulatedDesk = {
    errands: [],
    missingConsent: new Set(),
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
    async *tryMailbox() {
      for (const name of stepNames) {
        if (desk.failing?.name === name) return yield { ...desk.failing, isDone: false };
        yield { name, isDone: true, code: null };
      }
    },
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
