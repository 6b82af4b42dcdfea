import { instant, ProviderError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import type { EventsPort } from "../src/adapters/ports.ts";
import { takeOutDetails } from "../src/adapters/take-out-details.ts";

const order = {
  tenantId: "t-1",
  userObjectId: "u-1",
  now: instant(Date.UTC(2026, 0, 5)),
  signal: () => AbortSignal.timeout(30_000),
};

const ours = JSON.stringify({ v: 2, digest: "d", language: "en", lines: [] });

/** A mailbox of events by id: what the property says, and how often a write is refused. */
const mailbox = (
  events: Readonly<Record<string, { readonly property: string | null; refusals: number }>>,
) => {
  const written: string[] = [];
  const port = {
    delta: ({ from }: Parameters<EventsPort["delta"]>[0]) => {
      const ids = Object.keys(events);
      const isFirst = "window" in from;
      const page = isFirst ? ids.slice(0, 1) : ids.slice(1);
      return Promise.resolve({
        events: page.map((id) => ({ kind: "occurrence", id: `${id}-1`, seriesMasterId: id }) as const),
        nextLink: isFirst ? "next" : null,
        deltaLink: isFirst ? null : "delta",
      });
    },
    get: ({ eventId }: { readonly eventId: string }) => {
      const event = events[eventId];
      if (!event) throw new ProviderError("gone", { code: "notFound", retryable: false });
      const body = { contentType: "html", content: "<p>Hello</p>" };
      return Promise.resolve({ id: eventId, etag: "e", body, extendedProperty: event.property });
    },
    update: ({ eventId, extendedProperty }: Parameters<EventsPort["update"]>[0]) => {
      const event = events[eventId];
      if (event && event.refusals-- > 0)
        throw new ProviderError("changed", { code: "preconditionFailed", retryable: false, status: 412 });
      written.push(`${eventId} ${extendedProperty.value ?? "nothing"}`);
      return Promise.resolve({ etag: "f" });
    },
  } as unknown as EventsPort;
  return { port, written };
};

test("only what carries our property is written, on every page, and the property goes", async () => {
  const { port, written } = mailbox({
    first: { property: ours, refusals: 0 },
    theirs: { property: null, refusals: 0 },
    last: { property: ours, refusals: 0 },
  });
  expect(await takeOutDetails(port, order)).toEqual({ looked: 3, freed: 2, left: 0 });
  expect(written).toEqual(["first nothing", "last nothing"]);
});

test("a change of somebody else is read again, four times at most, and then told as left", async () => {
  const { port, written } = mailbox({
    busy: { property: ours, refusals: 3 },
    busier: { property: ours, refusals: 4 },
  });
  expect(await takeOutDetails(port, order)).toEqual({ looked: 2, freed: 1, left: 1 });
  expect(written).toEqual(["busy nothing"]);
});
