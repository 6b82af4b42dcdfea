import {
  type ConnectorAssignment,
  connectorAssignments,
  type MigrationBatch,
  migrationBatches,
  type UserStatus,
  userStatus,
} from "@hybrid/contracts";
import { guidOf } from "../../organisation.ts";
import { TopicReader } from "../../topic-reader.ts";
import type { Scenery } from "../chapter.ts";
import type { Mover, Side } from "./model.ts";

/** A person of the chapter with the mailbox, and all that happened to it. */
export interface PlayedMover extends Mover {
  readonly objectId: string;
  readonly mailAddress: string;
  readonly places: { readonly at: number; readonly place: Side }[];
  readonly looksOrderedAt: number[];
  /** Whether its mailbox has a subscription in the end. */
  isSubscribed: boolean;
  endsAt: number | null;
}

/** Everybody and everything of the chapter. */
export interface MigrationsCast {
  readonly tenantId: string;
  /** What the services tell, read as it comes. */
  readonly heard: {
    readonly statuses: TopicReader<UserStatus>;
    readonly assignments: TopicReader<ConnectorAssignment>;
    readonly batches: TopicReader<MigrationBatch>;
  };
  readonly movers: readonly PlayedMover[];
}

/** Who there is: where their mailboxes are at first, and how they belong to a connector. */
const crowd: readonly (readonly [name: string, place: Side, group: Mover["connector"]])[] = [
  ...["Ada", "Ben", "Cem", "Dan"].map((name) => [name, "connector", "none"] as const),
  ...["Eva", "Fay", "Gil", "Hal"].map((name) => [name, "cloud", "none"] as const),
  ...["Ida", "Jon"].map((name) => [name, "connector", "none"] as const),
  ["Kim", "cloud", "pilot"],
  ["Lea", "connector", "pilot"],
  ["Max", "cloud", "floating"],
  ["Nia", "cloud", "floating"],
  ["Oda", "connector", "none"],
];

const addMover = (
  { stage, startedAt }: Scenery,
  tenantId: string,
  [name, place, connector]: (typeof crowd)[number],
): PlayedMover => {
  const objectId = guidOf(`mover ${name}`);
  const mailAddress = `${name}@moves.example`.toLowerCase();
  stage.graph.addMailbox({
    tenantId,
    userId: objectId,
    userPrincipalName: mailAddress,
    mail: mailAddress,
    displayName: name,
    state: place === "cloud" ? "normal" : "onPremises",
  });
  return {
    name,
    connector,
    objectId,
    mailAddress,
    places: [{ at: startedAt, place }],
    looksOrderedAt: [],
    isSubscribed: false,
    endsAt: null,
  };
};

/** A tenant of its own, with mailboxes on both sides. */
export const prepareMigrations = (scenery: Scenery): MigrationsCast => {
  const { graph, clientId } = scenery.stage;
  const tenantId = guidOf("tenant moves");
  graph.addTenant({ tenantId, displayName: "Acme Moves", consentedApps: [clientId] });
  const { administrator } = scenery;
  const heard = {
    statuses: new TopicReader(administrator, userStatus),
    assignments: new TopicReader(administrator, connectorAssignments),
    batches: new TopicReader(administrator, migrationBatches),
  };
  return { tenantId, heard, movers: crowd.map((each) => addMover(scenery, tenantId, each)) };
};

/** Reads what the services have told since the last time. */
export const listen = async ({ heard }: MigrationsCast): Promise<void> => {
  for (const reader of Object.values(heard)) await reader.read();
};

/** The person of a name. */
export const moverOf = ({ movers }: MigrationsCast, name: string): PlayedMover => {
  const found = movers.find((each) => each.name === name);
  if (!found) throw new RangeError(`nobody is called ${name}`);
  return found;
};

/** A mailbox is moved to the other side. */
export const moveMailbox = ({ stage }: Scenery, mover: PlayedMover, place: Side): void => {
  stage.graph.setMailboxState(mover.objectId, place === "cloud" ? "normal" : "onPremises");
  mover.places.push({ at: stage.clock.now(), place });
};
