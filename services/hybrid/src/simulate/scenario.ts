import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ConfigError } from "@hybrid/kernel";
import { z } from "zod";
import {
  appShape,
  deliveryShape,
  directoryRoleShape,
  eventShape,
  grantShape,
  graphFaultsShape,
  personShape,
  serviceAppShape,
  tenantShape,
  tokenShape,
  userShape,
  webexFaultsShape,
  workspaceShape,
} from "./shapes.ts";

const scenarioShape = z.strictObject({
  tenants: z.array(
    tenantShape.extend({
      users: z
        .array(userShape.extend({ directoryRoles: z.array(directoryRoleShape).exactOptional() }))
        .default([]),
      /** Client ids of the applications that have the tenant's consent; all of `apps` when left out. */
      consentedApps: z.array(z.guid()).exactOptional(),
    }),
  ),
  apps: z.array(appShape).default([]),
  /** Events that are there from the start; `user` is a mail address or an object id. */
  events: z.array(eventShape.extend({ user: z.string().min(1) })).default([]),
  webex: z
    .strictObject({
      tokens: z.array(tokenShape).default([]),
      grants: z.array(grantShape).default([]),
      people: z.array(personShape).default([]),
      serviceApps: z.array(serviceAppShape).exactOptional(),
      workspaces: z.array(workspaceShape).exactOptional(),
      faults: webexFaultsShape.exactOptional(),
    })
    .default({ tokens: [], grants: [], people: [] }),
  faults: graphFaultsShape.default({}),
  delivery: deliveryShape.default({}),
});

/** Who and what is there when the simulators start. */
export type Scenario = z.infer<typeof scenarioShape>;

const guidFor = (...forWhat: readonly (string | number)[]): string => {
  const hex = createHash("sha256").update(forWhat.join("\n")).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
};

/** What is always there: an application, which has a certificate too, and a Webex token. */
export const ownApp = {
  clientId: "5d1a0b2c-0000-4000-a000-0000000000aa",
  secret: "simulator-secret",
  webexToken: "simulator-webex-token",
} as const;

const givenNames = ["Ada", "Bo", "Chen", "Dora", "Emil", "Fatima", "Goran", "Hanna", "Ivan", "Jun"];

/**
 * A tenant `contoso.example` with `users` users, the first of them its Global Administrator, and a Webex
 * organisation in which they all have a room.
 */
export const defaultScenario = (seed: number, users: number, isFresh = false): Scenario => {
  const orgId = guidFor("webex", seed);
  const site = "contoso.webex.com";
  const people = Array.from({ length: users }, (_, at) => {
    const name = `${givenNames[at % givenNames.length]}${at < givenNames.length ? "" : Math.floor(at / 10)}`;
    const mail = `${name.toLowerCase()}@contoso.example`;
    const directoryRoles = at === 0 ? (["Global Administrator"] as const) : [];
    return { userId: guidFor("user", seed, at), mail, displayName: `${name} Contoso`, directoryRoles };
  });
  return scenarioShape.parse({
    tenants: [
      {
        tenantId: guidFor("tenant", seed),
        displayName: "Contoso",
        domains: ["contoso.example", "contoso.onmicrosoft.example"],
        users: people,
        ...(isFresh ? { consentedApps: [] } : {}),
      },
    ],
    webex: {
      tokens: [{ token: ownApp.webexToken, orgId, defaultSite: site }],
      people: people.map(({ mail, displayName }) => ({
        orgId,
        email: mail,
        displayName,
        sites: [site],
        personalRoom: {},
      })),
    },
  });
};

/** Reads a scenario file. Throws ConfigError that names the file and every fault in it. */
export const readScenario = async (path: string): Promise<Scenario> => {
  let given: unknown;
  try {
    given = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new ConfigError(`the scenario ${path} cannot be read as JSON`, [String(error)]);
  }
  const read = scenarioShape.safeParse(given);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path: at, message }) => `${at.join(".") || "(whole)"}: ${message}`);
  throw new ConfigError(`the scenario ${path} is not right`, faults);
};
