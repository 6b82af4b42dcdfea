import { defineTopic } from "../define-topic.ts";

/** How far the synchronisation of one source has come. */
export interface PeopleSync {
  /** Number of the run, from 1. */
  readonly run: number;
  readonly full: boolean;
  /** What is read or gone through at present; `done` between runs. */
  readonly phase: "domains" | "people" | "workspaces" | "sweep" | "done";
  /** People that this run has read so far. */
  readonly read: number;
  /** What could not be understood and was left out. */
  readonly unusable: number;
  readonly startedAt: number;
  /** Null while the run lasts. */
  readonly endedAt: number | null;
  /** When the next run or the next attempt begins; null: now, or never. */
  readonly nextAt: number | null;
  /** Why the last attempt failed, or a part was left out: `what: error code`; null when all is well. */
  readonly trouble: string | null;
  readonly at: number;
}

/** The state of every source of people; the latest record is all there is to know. */
export const peopleSync = defineTopic<PeopleSync>({
  name: "people-sync",
  doc: "How far the synchronisation of each source of people has come.",
  keyDoc: "`<org>/o/sync-webex` or `<org>/o/sync-graph-<tenant>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["directory"],
  operatorReads: "shows how far a synchronisation is",
  versions: [
    {
      type: "record",
      name: "PeopleSync",
      namespace: "hybrid",
      fields: [
        { name: "run", type: "long" },
        { name: "full", type: "boolean" },
        {
          name: "phase",
          type: {
            type: "enum",
            name: "PeopleSyncPhase",
            symbols: ["domains", "people", "workspaces", "sweep", "done"],
          },
        },
        { name: "read", type: "long" },
        { name: "unusable", type: "long" },
        { name: "startedAt", type: "long" },
        { name: "endedAt", type: ["null", "long"] },
        { name: "nextAt", type: ["null", "long"] },
        { name: "trouble", type: ["null", "string"] },
        { name: "at", type: "long" },
      ],
    },
  ],
});
