import {
  createCertificateAuthority,
  createClientCertificate,
  type GraphSimulator,
  type SignedIn,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import { days, instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { createMicrosoftGraph, type Delegations, type GraphCredential } from "@hybrid/microsoft-graph";
import fastify from "fastify";
import { Agent, request } from "undici";
import { onTestFinished } from "vitest";
import type { GivenConsent } from "../src/adapters/keep-consent.ts";
import { consentRoutes } from "../src/adapters/routes.ts";
import type { KnownTenants } from "../src/adapters/tenants-view.ts";
import { createTickets } from "../src/adapters/tickets.ts";
import { callbackUrl } from "../src/config.ts";
import type { AppName } from "../src/domain/permissions.ts";

export const tenantId = "11111111-1111-4111-8111-111111111111";
export const otherTenantId = "22222222-2222-4222-8222-222222222222";
export const clientId = "33333333-3333-4333-8333-333333333333";
export const groupsClientId = "33333333-3333-4333-8333-333333333334";
export const archiveClientId = "33333333-3333-4333-8333-333333333335";
const archiveSecret = "a secret of the archive's own";
export const ada = "44444444-4444-4444-8444-444444444444";
export const bo = "55555555-5555-4555-8555-555555555555";
export const fay = "66666666-6666-4666-8666-666666666666";
export const secret = new Uint8Array(32).fill(7);
const consentUrl = "https://hybrid.example";

/** What a browser shows at last. */
export interface Shown {
  readonly status: number;
  readonly text: string;
  /** Every address that it was led to, in order. */
  readonly path: readonly string[];
}

// Keys take the longest to make; one set serves all tests of a file.
let made: Promise<Awaited<ReturnType<typeof makeKeys>>> | undefined;
const makeKeys = async () => {
  const ca = await createCertificateAuthority();
  const [tls, certificate, ofGroups, stranger] = await Promise.all([
    ca.issue(),
    createClientCertificate(),
    createClientCertificate("groups"),
    createClientCertificate("stranger"),
  ]);
  return { caPem: ca.caPem, tls, certificate, ofGroups, stranger };
};
const keys = () => (made ??= makeKeys());

const populate = (simulator: GraphSimulator, certPem: string, groupsCertPem: string): void => {
  const redirectUris = [callbackUrl(consentUrl)];
  const credentials = [{ kind: "certificate", certPem } as const];
  const roles = ["Calendars.ReadWrite", "MailboxSettings.Read", "User.Read.All", "Domain.Read.All"];
  simulator.registerApp({ clientId, credentials, redirectUris, roles });
  const groupRoles = ["Group.ReadWrite.All", "User.Read.All"];
  simulator.registerApp({
    clientId: groupsClientId,
    credentials: [{ kind: "certificate", certPem: groupsCertPem }],
    redirectUris,
    roles: groupRoles,
  });
  simulator.registerApp({
    clientId: archiveClientId,
    credentials: [{ kind: "secret", secret: archiveSecret }],
    redirectUris,
    roles: ["Mail.ReadWrite", "User.Read.All"],
  });
  simulator.addTenant({ tenantId, displayName: "Acme" });
  simulator.addTenant({ tenantId: otherTenantId, displayName: "Fabrikam" });
  const people = [
    [ada, tenantId, "ada"],
    [bo, tenantId, "bo"],
    [fay, otherTenantId, "fay"],
  ] as const;
  for (const [userId, of, name] of people) {
    const mail = `${name}@${of.slice(0, 4)}.example`;
    simulator.addMailbox({ tenantId: of, userId, userPrincipalName: mail, mail, displayName: name });
  }
  simulator.setDirectoryRoles(ada, ["Global Administrator"]);
  simulator.setDirectoryRoles(fay, ["Privileged Role Administrator"]);
};

/** The service's routes, a simulated Entra behind them, and a browser before them. */
export const openWorld = async () => {
  const { caPem, tls, certificate, ofGroups, stranger } = await keys();
  const clock = new VirtualClock(instant(Date.UTC(2026, 0, 12, 12)));
  const simulator = await startGraphSimulator({ clock, tls, caPem });
  populate(simulator, certificate.certPem, ofGroups.certPem);
  const agent = new Agent({ connect: { ca: caPem } });
  const graphAs = (id: string, credential: GraphCredential, delegations?: Delegations) =>
    createMicrosoftGraph({
      cloud: { loginUrl: simulator.baseUrl, graphUrl: simulator.baseUrl },
      clientId: id,
      credential: () => Promise.resolve(credential),
      scheduler: clock,
      random: () => 0.5,
      ca: caPem,
      ...(delegations && { delegations }),
    });
  const graphOf = (
    { thumbprintSha256, keyPem }: typeof certificate,
    id = clientId,
    delegations?: Delegations,
  ) => graphAs(id, { kind: "certificate", thumbprintSha256, privateKeyPem: keyPem }, delegations);
  const graph = graphOf(certificate);
  const groups = graphOf(ofGroups, groupsClientId);
  const archive = graphAs(archiveClientId, { kind: "secret", secret: archiveSecret });
  const activated: { readonly org: string; readonly tenantId: string }[] = [];
  const tenants: { served: readonly string[]; byUser: readonly string[] } & KnownTenants = {
    served: [],
    byUser: [],
    isByUser: (id) => tenants.byUser.includes(id),
    servedOrgs: () => tenants.served,
    settings: () => null,
  };
  const tickets = createTickets([secret], clock);
  const kept: GivenConsent[] = [];
  const users = new Map([
    [ada, "acme/u-ada"],
    [bo, "acme/u-bo"],
  ]);
  /** What the way to Graph knows of consents that were kept. */
  const delegations: Delegations = {
    isByUser: async (id) => tenants.isByUser(id),
    find: async (_, userObjectId) => {
      const given = kept.findLast(({ objectId }) => objectId === userObjectId);
      return given ? { ...given, refreshToken: async () => given.refreshToken } : null;
    },
  };
  const ports = {
    graph,
    tickets,
    tenants,
    people: { find: (_: string, objectId: string) => users.get(objectId) ?? null },
    clock,
    consentMs: days(30),
    keep: async (consent: GivenConsent) => void kept.push(consent),
    registrations: { calendar: graph.consent, groups: groups.consent, archive: archive.consent },
    redirectUri: callbackUrl(consentUrl),
    activate: async (order: { readonly org: string; readonly tenantId: string }) =>
      void activated.push(order),
  };
  const app = fastify();
  await app.register(consentRoutes(ports, { isSecure: true }), { prefix: "/consent" });
  onTestFinished(async () => {
    await app.close();
    await Promise.all([graph, groups, archive].map((client) => client.close()));
    await agent.destroy();
    await simulator.stop();
  });

  /** A browser with a memory for our cookie; it stops where `until` says so. */
  const browser = () => {
    let cookie = "";
    const visit = async (
      address: string,
      until = /^$/,
      form?: Readonly<Record<string, string>>,
    ): Promise<Shown> => {
      const path: string[] = [];
      let at = address;
      for (;;) {
        path.push(at);
        if (until.test(at)) return { status: 0, text: "", path };
        const url = new URL(at);
        if (url.origin === consentUrl) {
          const answer = await app.inject({
            method: form === undefined ? "GET" : "POST",
            url: `${url.pathname}${url.search}`,
            headers: {
              ...(cookie === "" ? {} : { cookie }),
              ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
            },
            ...(form === undefined ? {} : { payload: new URLSearchParams(form).toString() }),
          });
          const set = answer.headers["set-cookie"];
          if (typeof set === "string") cookie = set.split(";")[0] ?? "";
          if (answer.statusCode !== 302) return { status: answer.statusCode, text: answer.body, path };
          at = String(answer.headers.location);
        } else {
          const answer = await request(at, { dispatcher: agent });
          const text = await answer.body.text();
          if (answer.statusCode !== 302) return { status: answer.statusCode, text, path };
          at = String(answer.headers["location"]);
        }
      }
    };
    return { visit };
  };

  const link = async (
    errand: { readonly app?: AppName; readonly tenantId?: string | null; readonly returnTo?: string } = {},
  ): Promise<string> => {
    const ticket = await tickets.issue("link", { org: "acme", app: "calendar", tenantId: null, ...errand });
    return `${consentUrl}/consent/start?ticket=${ticket}`;
  };
  const connectLink = async (returnTo: string): Promise<string> =>
    `${consentUrl}/consent/connect?ticket=${await tickets.issue("connectLink", { returnTo })}`;
  const signIn = (userId: string, accepts = true): void => {
    const signedIn: SignedIn = { tenantId, userId, accepts };
    simulator.setSignedIn(signedIn);
  };
  signIn(ada);
  return {
    clock,
    simulator,
    activated,
    tenants,
    kept,
    delegations,
    browser,
    link,
    connectLink,
    signIn,
    ports,
    graphOf,
    certificate,
    stranger,
  };
};
