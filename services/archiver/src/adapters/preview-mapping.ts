import { days, type ErrorCode, ProviderError, seconds } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { WebexClient } from "@hybrid/webex";
import { archiveFolder } from "#domain/keys";
import type { Terms } from "#domain/terms";
import { describeRoom } from "./describe-room.ts";
import { groupMembersOf } from "./group-members.ts";
import type { ArchiverPorts, GraphPort } from "./ports.ts";
import { readSpaces } from "./spaces.ts";
import { spaceId } from "./stable-id.ts";

/** A participant of the scope, and the mailbox that their *Email* leads to. */
export interface MappedParticipant {
  readonly email: string;
  /** `noUser`: no tenant has the address; `noMailbox`: the user has none. */
  readonly state: "mailbox" | "noUser" | "noMailbox";
  readonly tenantId: string | null;
  readonly userPrincipalName: string | null;
}

/** Whom a connector would write to, before it is made. */
export interface MappingPreview {
  /** The first ones by address, 20 at most. */
  readonly first: readonly MappedParticipant[];
  readonly participants: number;
  readonly withMailbox: number;
  readonly withoutMailbox: number;
  /** The stretch in whose spaces participants were looked for; null: people or spaces are named. */
  readonly seen: { readonly from: number; readonly to: number } | null;
}

/** Whether a tenant lets the application in. */
export interface ConsentState {
  readonly tenantId: string;
  /** What the tenant answers instead of a token; null: it lets the application in. */
  readonly problem: ErrorCode | null;
  /** Permissions that the consent lacks for this connector; Exchange may grant `Mail.ReadWrite` instead. */
  readonly lacks: readonly string[];
}

/** Everything that somebody reviews before a connector is made. */
export interface ConnectorPreview {
  /** The feed that would be read. */
  readonly source: {
    /** Whose token it is; null where the token may not say. */
    readonly officer: string | null;
    /** Why the feed cannot be read; null: it can. */
    readonly problem: ErrorCode | null;
  };
  readonly consent: readonly ConsentState[];
  /** Null where the source or the tenants cannot be asked. */
  readonly mapping: MappingPreview | null;
  readonly mappingProblem: ErrorCode | null;
}

/** What a preview needs. */
export interface PreviewPorts {
  readonly webex: ArchiverPorts["webex"] & Pick<WebexClient, "getMe">;
  readonly graph: GraphPort & { readonly consent: Pick<MicrosoftGraph["consent"], "grantedPermissions"> };
  readonly logger: ArchiverPorts["logger"];
}

interface PreviewOrder {
  readonly terms: Terms;
  readonly now: number;
  readonly signal: AbortSignal;
}

const firstMax = 20;
const atOnce = 8;
/** How far behind now the feed has settled. */
const lagMs = seconds(10);

/** The code of a failure of a cloud. Throws whatever else it is. */
const codeOf = (error: unknown): ErrorCode => {
  if (error instanceof ProviderError) return error.code;
  throw error;
};

const participantsOf = async (
  ports: PreviewPorts,
  { terms, now, signal }: PreviewOrder,
): Promise<{ readonly addresses: ReadonlySet<string>; readonly seen: MappingPreview["seen"] }> => {
  const { people, groups = [], spaces } = terms;
  const addresses = new Set<string>();
  const isNamed = (address: string): boolean =>
    people.length === 0 || groups.length > 0 || people.includes(address);
  const add = (email: string): void => {
    if (isNamed(email.toLowerCase())) addresses.add(email.toLowerCase());
  };
  for (const address of people) addresses.add(address);
  if (spaces.length === 0 && people.length > 0 && groups.length === 0) return { addresses, seen: null };
  const limit = Number.MAX_SAFE_INTEGER;
  for (const uuid of spaces) {
    const order = { kind: "describeRoom", number: 0, roomId: spaceId(uuid), after: null, limit } as const;
    for (const { email } of (await describeRoom(ports.webex, order, signal)).present) add(email);
  }
  if (spaces.length > 0) return { addresses, seen: null };
  const seen = { from: now - days(1), to: now - lagMs };
  for (const { stays } of await readSpaces(ports, { ...seen, signal }))
    for (const { email } of stays) add(email);
  return { addresses, seen };
};

const mapOne = async (
  ports: PreviewPorts,
  email: string,
  { terms, signal }: PreviewOrder,
): Promise<MappedParticipant & { readonly objectId: string | null }> => {
  for (const tenantId of terms.tenants) {
    const user = await ports.graph.users.findByAddress({ tenantId, address: email, signal });
    if (user === null) continue;
    const { objectId, userPrincipalName } = user;
    const found = { email, tenantId, userPrincipalName, objectId };
    try {
      const folder = {
        tenantId,
        userObjectId: objectId,
        signal,
        parent: "inbox",
        displayName: archiveFolder,
      };
      await ports.graph.mail.findFolder(folder);
      return { ...found, state: "mailbox" };
    } catch (error) {
      if (codeOf(error) !== "mailboxMissing") throw error;
      return { ...found, state: "noMailbox" };
    }
  }
  return { email, state: "noUser", tenantId: null, userPrincipalName: null, objectId: null };
};

/** Maps the *Email* of every participant of the scope, as imports would. It only reads. */
const mapAll = async (ports: PreviewPorts, order: PreviewOrder): Promise<MappingPreview> => {
  const { tenants, people, groups = [] } = order.terms;
  const { addresses, seen } = await participantsOf(ports, order);
  const members = groupMembersOf(ports.graph, { now: () => 0 });
  const sorted = [...addresses].sort();
  const mapped: MappedParticipant[] = [];
  for (let at = 0; at < sorted.length; at += atOnce) {
    const some = sorted.slice(at, at + atOnce).map((email) => mapOne(ports, email, order));
    for (const { objectId, ...participant } of await Promise.all(some)) {
      const isNamed = groups.length === 0 || people.includes(participant.email);
      const { signal } = order;
      const isIn =
        isNamed ||
        (objectId !== null && (await members.hasOneOf({ tenants, groups, place: { objectId }, signal })));
      if (isIn) mapped.push(participant);
    }
  }
  const withMailbox = mapped.filter(({ state }) => state === "mailbox").length;
  return {
    first: mapped.slice(0, firstMax),
    participants: mapped.length,
    withMailbox,
    withoutMailbox: mapped.length - withMailbox,
    seen,
  };
};

const sourceOf = async (
  { webex }: PreviewPorts,
  { now, signal }: PreviewOrder,
): Promise<ConnectorPreview["source"]> => {
  let officer: string | null = null;
  try {
    officer = (await webex.getMe(signal)).emails[0] ?? null;
  } catch (error) {
    // Reading the feed needs no right to read people: who it is remains unsaid.
    codeOf(error);
  }
  const to = new Date(now - lagMs).toISOString();
  try {
    for await (const _ of webex.listEvents({ resource: "messages", from: to, to, max: 1 }, signal)) break;
    return { officer, problem: null };
  } catch (error) {
    return { officer, problem: codeOf(error) };
  }
};

/** What a connector needs, each with wider permissions that hold it. */
const wantedOf = ({ groups = [] }: Terms): readonly (readonly string[])[] => [
  ["Mail.ReadWrite"],
  ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All"],
  ...(groups.length === 0
    ? []
    : [["GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"]]),
];

const consentOf = async (
  { graph }: PreviewPorts,
  tenantId: string,
  { terms, signal }: PreviewOrder,
): Promise<ConsentState> => {
  try {
    const granted = await graph.consent.grantedPermissions({ tenantId, signal });
    const lacks = wantedOf(terms)
      .filter((names) => !names.some((name) => granted.includes(name)))
      .map(([name = ""]) => name);
    return { tenantId, problem: null, lacks };
  } catch (error) {
    return { tenantId, problem: codeOf(error), lacks: [] };
  }
};

/** What is reviewed before a connector is made: source, consent, and who has a mailbox. It only reads. */
export const previewConnector = async (
  ports: PreviewPorts,
  order: PreviewOrder,
): Promise<ConnectorPreview> => {
  const source = await sourceOf(ports, order);
  const consent = await Promise.all(order.terms.tenants.map((tenantId) => consentOf(ports, tenantId, order)));
  const problem = source.problem ?? consent.find((each) => each.problem !== null)?.problem ?? null;
  if (problem !== null) return { source, consent, mapping: null, mappingProblem: problem };
  try {
    return { source, consent, mapping: await mapAll(ports, order), mappingProblem: null };
  } catch (error) {
    return { source, consent, mapping: null, mappingProblem: codeOf(error) };
  }
};
