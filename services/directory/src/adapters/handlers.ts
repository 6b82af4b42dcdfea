import type { Clock, Handlers } from "@hybrid/kernel";
import type { Call, Input } from "#domain/inputs";
import { type GraphSource, readDomains, readGraphUsers } from "./graph-source.ts";
import { createWebexReader, type WebexSource } from "./webex-source.ts";

/** What the handlers are made of. */
export interface SourcePorts {
  readonly graph: GraphSource;
  readonly webex: WebexSource;
  readonly clock: Clock;
}

/** Actors of one look; their ids fit an outcome. */
const actorsMax = 250;

/** Carries out the service's calls: translates, never decides. */
export const directoryHandlers = ({ graph, webex, clock }: SourcePorts): Handlers<Call, Input> => {
  const reader = createWebexReader(webex, clock);
  return {
    readGraphUsers: (order, { signal }) => readGraphUsers(graph, order, signal),
    readDomains: (order, { signal }) => readDomains(graph, order, signal),
    readWebexPeople: (order, { signal }) => reader.readPeople(order, signal),
    readWorkspaces: (order, { signal }) => reader.readWorkspaces(order, signal),
    listActors: ({ prefix, after }, context) => {
      const actors = context.actors(prefix, after, actorsMax);
      const next = actors.length === actorsMax ? (actors.at(-1) ?? null) : null;
      return Promise.resolve({ kind: "actorsListed", actors, next });
    },
  };
};
