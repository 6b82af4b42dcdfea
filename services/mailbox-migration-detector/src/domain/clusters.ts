import { type ConnectorLoad, connectorLoad } from "@hybrid/contracts";
import { type ActorId, actorIdOf, emit, orgOf } from "@hybrid/kernel";
import type { MailboxKind, Moment, Order } from "./inputs.ts";
import { amberAbove, redAbove } from "./numbers.ts";
import type { Cluster, Organisation } from "./state.ts";

/** How full a cluster is: the fuller one of its two kinds of users. */
export const shareOf = ({ office365, exchange, office365UsersMax, exchangeUsersMax }: Cluster): number =>
  Math.max(
    office365UsersMax === 0 ? 0 : office365 / office365UsersMax,
    exchangeUsersMax === 0 ? 0 : exchange / exchangeUsersMax,
  );

/** The colour that administrators know from the connector's own page. */
export const colourOf = (cluster: Cluster): ConnectorLoad["colour"] => {
  const share = shareOf(cluster);
  if (share > redAbove) return "red";
  return share > amberAbove ? "amber" : "green";
};

const hasRoom = (cluster: Cluster, mailbox: MailboxKind): boolean =>
  mailbox === "office365"
    ? cluster.office365 < cluster.office365UsersMax
    : cluster.exchange < cluster.exchangeUsersMax;

/**
 * The cluster for one more user: of the user's own resource group, or of none; in service, with room, the
 * emptiest first. A user who is in a group never leaves it, also when nothing in it has room.
 */
export const chooseCluster = (
  clusters: Organisation["clusters"],
  resourceGroup: string | null,
  mailbox: MailboxKind,
): { readonly cluster: string } | { readonly reason: "noCluster" | "noRoom" } => {
  const own = Object.entries(clusters).filter(
    ([, cluster]) => cluster.resourceGroup === resourceGroup && cluster.operational,
  );
  if (own.length === 0) return { reason: "noCluster" };
  const [best] = own
    .filter(([, cluster]) => hasRoom(cluster, mailbox))
    .sort(([a, first], [b, second]) => shareOf(first) - shareOf(second) || (a < b ? -1 : 1));
  return best === undefined ? { reason: "noRoom" } : { cluster: best[0] };
};

/** A cluster that is gone is remembered until its last user has left it: it may come back. */
export const withoutGone = (clusters: Organisation["clusters"]): Organisation["clusters"] =>
  Object.fromEntries(
    Object.entries(clusters).filter(
      ([, { isGone, office365, exchange }]) => !isGone || office365 + exchange > 0,
    ),
  );

/** The clusters with one user more, or less. */
export const counted = (
  clusters: Organisation["clusters"],
  name: string,
  mailbox: MailboxKind,
  by: 1 | -1,
): Organisation["clusters"] => {
  const cluster = clusters[name];
  if (cluster === undefined) return clusters;
  return withoutGone({ ...clusters, [name]: { ...cluster, [mailbox]: Math.max(0, cluster[mailbox] + by) } });
};

const clusterActor = (self: ActorId, name: string): ActorId => actorIdOf(`${orgOf(self)}/c-${name}`);

/** What is told of every cluster that has changed. */
export const loadTold = (
  before: Organisation["clusters"],
  after: Organisation["clusters"],
  { now, self }: Moment,
): readonly Order[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const cluster = after[name] ?? before[name];
    const isGone = after[name]?.isGone ?? true;
    if (cluster === undefined || before[name] === after[name]) return [];
    // That it is gone was told when it went.
    if (isGone && before[name]?.isGone === true) return [];
    const load: ConnectorLoad = {
      resourceGroup: cluster.resourceGroup,
      office365Users: cluster.office365,
      office365UsersMax: cluster.office365UsersMax,
      exchangeUsers: cluster.exchange,
      exchangeUsersMax: cluster.exchangeUsersMax,
      colour: colourOf(cluster),
      operational: cluster.operational,
      removed: isGone,
      at: now,
    };
    return [emit(connectorLoad, clusterActor(self, name), load)];
  });
