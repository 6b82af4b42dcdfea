import type { Expectation } from "../../expectation.ts";
import type { Scenery } from "../chapter.ts";
import type { MigrationsCast, PlayedMover } from "./cast.ts";
import { dutiesOf, faultsOf, type Served, type Side, type Span } from "./model.ts";

/** What the topics hold about one person, in the order in which it was written. */
interface Word {
  readonly at: number;
  readonly serves: boolean;
  /** Of a connector. */
  readonly cluster: string | null;
}

/** All that was told of the people of the chapter. */
export interface Told {
  readonly cloud: ReadonlyMap<string, readonly Word[]>;
  readonly connector: ReadonlyMap<string, readonly Word[]>;
  /** The latest word on each batch of the chapter. */
  readonly batches: readonly {
    readonly direction: string;
    readonly noticed: number;
    readonly completed: number;
  }[];
}

const grouped = (words: readonly (readonly [string, Word])[]): ReadonlyMap<string, readonly Word[]> => {
  const all = new Map<string, Word[]>();
  for (const [key, word] of words) all.set(key, [...(all.get(key) ?? []), word]);
  return all;
};

/** What the services have told so far. */
export const toldOf = ({ heard }: MigrationsCast, { administrator, startedAt }: Scenery): Told => {
  const { statuses, assignments, batches } = heard;
  const latest = new Map<number, Told["batches"][number]>();
  for (const { key, value } of batches.records)
    if (key === `${administrator.org}/o` && value.startedAt >= startedAt) latest.set(value.batch, value);
  return {
    cloud: grouped(
      statuses.records.map(({ key, value }) => [
        key,
        { at: value.at, serves: value.to === "active", cluster: null },
      ]),
    ),
    connector: grouped(
      assignments.records.map(({ key, value }) => [
        key,
        { at: value.at, serves: value.stage === "serving", cluster: value.cluster },
      ]),
    ),
    batches: [...latest.values()],
  };
};

const stretches = (side: Side, words: readonly Word[], endedAt: number): readonly Served[] =>
  words.flatMap(({ at, serves }, index) =>
    serves ? [{ side, from: at, until: words[index + 1]?.at ?? endedAt }] : [],
  );

const keyOf = ({ administrator }: Scenery, { objectId }: PlayedMover): string =>
  `${administrator.org}/u-${objectId}`;

/** Who served somebody, and when. */
export const servedOf = (scenery: Scenery, told: Told, mover: PlayedMover): readonly Served[] => {
  const key = keyOf(scenery, mover);
  const endedAt = scenery.stage.clock.now();
  return [
    ...stretches("cloud", told.cloud.get(key) ?? [], endedAt),
    ...stretches("connector", told.connector.get(key) ?? [], endedAt),
  ];
};

/** The cluster that serves somebody in the end; null: none. */
export const clusterOf = (scenery: Scenery, told: Told, mover: PlayedMover): string | null => {
  const last = told.connector.get(keyOf(scenery, mover))?.at(-1);
  return last?.serves === true ? last.cluster : null;
};

const spanOf = (scenery: Scenery): Span => ({
  startedAt: scenery.startedAt,
  endedAt: scenery.stage.clock.now(),
});

const checkBatches = ({ movers }: MigrationsCast, { batches }: Told): Expectation => {
  // Everybody who came to the cloud, those taken over among them; and everybody who left it by order.
  const expected = {
    toCloud: movers.filter(({ places, connector, looksOrderedAt }) =>
      connector === "none"
        ? places.length === 2 && places.at(-1)?.place === "cloud"
        : connector === "floating" && looksOrderedAt.length > 0,
    ).length,
    toOnPremises: movers.filter(
      ({ looksOrderedAt, places }) => looksOrderedAt.length > 0 && places.length === 2,
    ).length,
  };
  return {
    name: "moves: reported as one batch in each direction, with everybody in it",
    checked: expected.toCloud + expected.toOnPremises,
    broken: Object.entries(expected).flatMap(([direction, count]) => {
      const found = batches.filter((batch) => batch.direction === direction);
      const counts = found.map(({ noticed, completed }) => `${noticed} noticed and ${completed} completed`);
      return counts.join() === `${count} noticed and ${count} completed`
        ? []
        : [`${direction}: ${counts.join(", then ") || "no batch"} instead of ${count}`];
    }),
  };
};

/** Everything that must hold when the chapter is over. */
export const checkMigrations = (cast: MigrationsCast, scenery: Scenery): readonly Expectation[] => {
  const span = spanOf(scenery);
  const told = toldOf(cast, scenery);
  const { movers } = cast;
  return [
    {
      name: "users: served by the side of their mailbox in time, by both never",
      checked: movers.reduce((sum, mover) => sum + dutiesOf(mover, span).length, 0),
      broken: movers.flatMap((mover) => faultsOf(mover, servedOf(scenery, told, mover), span)),
    },
    {
      name: "mailboxes: the cloud has let go of those that a connector serves",
      checked: movers.length,
      broken: movers
        .filter((mover) => mover.isSubscribed && clusterOf(scenery, told, mover) !== null)
        .map(({ name }) => `${name} has a connector and a subscription`),
    },
    {
      name: "clusters: who was in one that went out of service is in another one of the same group",
      checked: movers.length,
      broken: movers.flatMap((mover) => {
        const cluster = clusterOf(scenery, told, mover);
        const allowed = mover.connector === "pilot" ? "lab" : "south";
        // Looked at once within a day, and never before the play ends.
        const isAwaited = mover.connector === "floating" && cluster === "north";
        return cluster === null || cluster === allowed || isAwaited
          ? []
          : [`${mover.name} is in ${cluster}, which must not serve it`];
      }),
    },
    checkBatches(cast, told),
  ];
};
