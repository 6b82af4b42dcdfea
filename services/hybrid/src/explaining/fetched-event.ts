import { decorationPropertyId } from "@hybrid/decorator";
import { ProviderError } from "@hybrid/kernel";
import type { GraphEvent, MicrosoftGraph } from "@hybrid/microsoft-graph";
import { systemRandom, systemScheduler } from "@hybrid/runtime";
import { Faults } from "@hybrid/settings";
import { pino } from "pino";
import { Registry } from "prom-client";
import { graphClient } from "../clients/graph.ts";
import { readProxy } from "../clients/proxy.ts";
import { refused, tenantGiven } from "../given.ts";
import { Opened } from "../opened.ts";

/** An event of a mailbox with our property; nothing is written. Rejects with ProviderError. */
export const eventOf = async (
  graph: Pick<MicrosoftGraph, "events">,
  place: {
    readonly tenantId: string;
    readonly userObjectId: string;
    readonly eventId: string;
    readonly signal: AbortSignal;
  },
): Promise<GraphEvent> => {
  const { event, extendedProperty } = await graph.events.get({
    ...place,
    expandProperty: decorationPropertyId,
    expandExceptions: true,
  });
  const properties = extendedProperty === null ? [] : [{ id: decorationPropertyId, value: extendedProperty }];
  return { ...event, singleValueExtendedProperties: properties };
};

/** Whether Graph says that there is no such event. */
export const isNoEvent = (error: unknown): error is ProviderError =>
  error instanceof ProviderError && (error.code === "notFound" || error.code === "invalidRequest");

/** Whose event it is. */
export interface EventPlace {
  readonly tenant: string;
  /** Object id of the organiser, or of the person whose copy it is. */
  readonly user: string;
}

/** Graph answers within this, or the person asks again. */
const patienceMs = 30_000;

/**
 * Reads one event of a mailbox with our property, by the settings of `hybrid up` that reach Graph. Writes
 * nothing. Throws ConfigError for settings and for an event that is not there, ProviderError else.
 */
export const eventFetched = async (eventId: string, { tenant, user }: EventPlace): Promise<GraphEvent> => {
  const faults = new Faults();
  const config = graphClient.read(process.env, faults);
  const proxy = readProxy(process.env, faults);
  faults.raise("Graph cannot be asked with these settings");
  if (!config) throw refused("GRAPH_", "settings of Graph are missing");
  const opened = new Opened();
  const ports = {
    scheduler: systemScheduler(),
    random: systemRandom,
    logger: pino({ level: "silent" }),
    ...(proxy ? { proxy } : {}),
  };
  try {
    const graph = await graphClient.open(config, ports, { opened, registry: new Registry(), users: 1 });
    return await eventOf(graph, {
      tenantId: tenantGiven(tenant),
      userObjectId: user,
      eventId,
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch (error) {
    if (!isNoEvent(error)) throw error;
    const what = `user ${user} has no event ${eventId}, whose id must be the immutable one`;
    throw refused("<event>", `${what}; or name a file (${error.message})`);
  } finally {
    await opened.close();
  }
};
