import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Presence, presence } from "@hybrid/contracts";
import { minutes } from "@hybrid/kernel";
import type { SimulatedPerson } from "@hybrid/webex-simulator";
import { guidOf } from "../../organisation.ts";
import { TopicReader } from "../../topic-reader.ts";
import type { Scenery } from "../chapter.ts";
import type { Away, Look, Person } from "./model.ts";

/** A person of the chapter, what happened to the mailbox, and what was seen. */
export interface PlayedPerson extends Person {
  readonly objectId: string;
  readonly mailAddress: string;
  readonly webex: SimulatedPerson | null;
  readonly settings: { readonly at: number; readonly away: Away | null }[];
  readonly events: (Away & { readonly at: number })[];
  readonly looks: Look[];
  endsAt: number | null;
  ownStatus: Person["ownStatus"];
}

/** Everybody and everything of the chapter. */
export interface PresenceCast {
  readonly tenantId: string;
  readonly people: readonly PlayedPerson[];
  /** What the topic tells, read as it comes. */
  readonly told: TopicReader<Presence>;
}

/** Where the services find people's own tokens for Webex. */
export const tokensFileIn = (folder: string): string => join(folder, "person-tokens.json");

/** Who has no account at Webex, and who has given no token. */
const withoutAccount = "Gil";
const withoutToken = "Fay";
const names = [
  "Ada",
  "Ben",
  "Cem",
  "Dan",
  "Eva",
  withoutToken,
  withoutAccount,
  "Hal",
  "Ida",
  "Jon",
  "Kim",
  "Lea",
];

const addPerson = ({ stage }: Scenery, tenantId: string, name: string): PlayedPerson => {
  const objectId = guidOf(`absentee ${name}`);
  const mailAddress = `${name}@away.example`.toLowerCase();
  const account = { userPrincipalName: mailAddress, mail: mailAddress, displayName: name };
  stage.graph.addMailbox({ tenantId, userId: objectId, ...account });
  const webex =
    name === withoutAccount
      ? null
      : stage.webex.addPerson({
          orgId: stage.webexOrgId,
          email: mailAddress,
          displayName: name,
          externalId: objectId,
          licenses: ["Messaging"],
          sites: ["acme.webex.com"],
        });
  const mayBeTold = webex !== null && name !== withoutToken;
  const played = { name, objectId, mailAddress, webex, mayBeTold, settings: [], events: [], looks: [] };
  return { ...played, endsAt: null, ownStatus: "active" };
};

/** A tenant of its own, its people at Webex, and the tokens that most of them have given. */
export const preparePresence = async (scenery: Scenery): Promise<PresenceCast> => {
  const { stage, administrator } = scenery;
  const tenantId = guidOf("tenant away");
  stage.graph.addTenant({ tenantId, displayName: "Acme Away", consentedApps: [stage.clientId] });
  const people = names.map((name) => addPerson(scenery, tenantId, name));
  const tokens = people.flatMap(({ webex, mayBeTold, name, mailAddress }) => {
    if (webex === null || !mayBeTold) return [];
    const token = `token of ${name}`.replaceAll(" ", "-");
    stage.webex.addToken({
      token,
      orgId: stage.webexOrgId,
      defaultSite: "acme.webex.com",
      person: mailAddress,
    });
    return [[webex.uuid, token] as const];
  });
  await writeFile(tokensFileIn(stage.folder), JSON.stringify(Object.fromEntries(tokens)));
  return { tenantId, people, told: new TopicReader(administrator, presence) };
};

/** The person of a name. */
export const personOf = ({ people }: PresenceCast, name: string): PlayedPerson => {
  const found = people.find((each) => each.name === name);
  if (!found) throw new RangeError(`nobody is called ${name}`);
  return found;
};

/** Somebody sets automatic replies: always, off, or for a time that begins in some minutes. */
export const setReplies = (
  { stage }: Scenery,
  person: PlayedPerson,
  wanted: "always" | "off" | { readonly inMinutes: number; readonly forMinutes: number },
): void => {
  const at = stage.clock.now();
  const { objectId, settings } = person;
  if (wanted === "always" || wanted === "off") {
    const status = wanted === "always" ? "alwaysEnabled" : "disabled";
    stage.graph.setAutomaticReplies(objectId, { status });
    settings.push({ at, away: wanted === "always" ? { from: at, until: null } : null });
    return;
  }
  const from = at + minutes(wanted.inMinutes);
  const until = from + minutes(wanted.forMinutes);
  stage.graph.setAutomaticReplies(objectId, {
    status: "scheduled",
    scheduledStartAt: from,
    scheduledEndAt: until,
  });
  settings.push({ at, away: { from, until } });
};

/** Looks at everybody: the latest word of the topic, while it is good, and what Webex shows. */
export const look = async (
  { people, told }: PresenceCast,
  { stage, administrator }: Scenery,
): Promise<void> => {
  await told.read();
  const at = stage.clock.now();
  const latest = new Map(told.records.map(({ key, value }) => [key, value]));
  for (const { objectId, webex, looks } of people) {
    const word = latest.get(`${administrator.org}/u-${objectId}`);
    const isOut = word?.status === "outOfOffice" && (word.expiresAt ?? 0) > at;
    looks.push({ at, isOut, webex: webex === null ? null : stage.webex.presences.of(webex.uuid).status });
  }
};
