import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { signClientState } from "@hybrid/contracts";
import { expect, test } from "vitest";
import { decoded, key, nora, startHarness } from "./harness.ts";

interface Example {
  readonly notification?: { readonly value: readonly Readonly<Record<string, unknown>>[] };
  readonly inbound?: {
    readonly url: string;
    readonly headers: Record<string, string>;
    readonly body: string;
  };
  readonly expectedReply?: { readonly status: number; readonly body: string };
}

// Set HYBRID_CONTRACTS_DIR to the folder of published contracts to run this file.
const folder = process.env["HYBRID_CONTRACTS_DIR"];
const examplesFolder = join(folder ?? "", "graph-examples");
const examples = folder
  ? readdirSync(examplesFolder)
      .filter((name) => name.startsWith("notification--"))
      .map((name) => ({ name, ...(JSON.parse(readFileSync(join(examplesFolder, name), "utf8")) as Example) }))
  : [];
const notifications = examples.flatMap(({ name, notification }) =>
  notification ? [{ name, notification }] : [],
);
const handshakes = examples.flatMap(({ name, inbound, expectedReply }) =>
  inbound && expectedReply ? [{ name, inbound, expectedReply }] : [],
);

/**
 * What a published item must become once it is ours; null when it is a template or cut short in the document.
 */
const wanted = (item: Readonly<Record<string, unknown>>): object | null => {
  const { subscriptionId, lifecycleEvent, changeType } = item;
  const tenantId = item["tenantId"] ?? "";
  if (lifecycleEvent === "missed" || lifecycleEvent === "subscriptionRemoved")
    return { subscriptionId, tenantId, lifecycleEvent };
  const resourceData = item["resourceData"] as Readonly<Record<string, unknown>> | undefined;
  if (changeType !== "created" || !resourceData) return null;
  return {
    subscriptionId,
    tenantId,
    changeType,
    eventId: resourceData["id"],
    etag: resourceData["@odata.etag"] ?? null,
  };
};

test.skipIf(!folder)("the folder holds the examples that this file is about", () => {
  expect(handshakes.length).toBeGreaterThan(0);
  const kinds = notifications.flatMap(({ notification }) => notification.value.map(wanted));
  expect(kinds.filter((kind) => kind && "lifecycleEvent" in kind).length).toBeGreaterThan(1);
  expect(kinds.filter((kind) => kind && "eventId" in kind).length).toBeGreaterThan(3);
});

test.skipIf(!folder)(
  "every published notification is answered 202, its foreign items all dead-lettered",
  async () => {
    for (const { name, notification } of notifications)
      for (const path of ["/graph/notifications", "/graph/lifecycle"]) {
        const ingest = startHarness();
        const { statusCode } = await ingest.post(notification, path);
        const causes = ingest.log.records.map(decoded).map(({ value }) => "cause" in value && value.cause);
        expect([name, statusCode, causes]).toEqual([
          name,
          202,
          notification.value.map(() => "unauthenticated"),
        ]);
        await ingest.app.close();
      }
  },
);

test.skipIf(!folder)(
  "every published notification with our clientState becomes the right record",
  async () => {
    for (const { name, notification } of notifications) {
      const ingest = startHarness();
      const value = notification.value.map((item) => ({ ...item, clientState: signClientState(nora, key) }));
      const { statusCode } = await ingest.post({ ...notification, value });
      const seen = ingest.log.records.map(decoded);
      expect([name, statusCode, seen.length]).toEqual([name, 202, value.length]);
      for (const [index, item] of notification.value.entries())
        expect([name, seen[index]]).toMatchObject([
          name,
          { key: nora, value: wanted(item) ?? { cause: "malformed", payload: null } },
        ]);
      await ingest.app.close();
    }
  },
);

test.skipIf(!folder)("every published validation request gets the reply that was expected", async () => {
  for (const { inbound, expectedReply } of handshakes)
    for (const path of ["/graph/notifications", "/graph/lifecycle"]) {
      const ingest = startHarness();
      const url = `${path}${inbound.url.slice(inbound.url.indexOf("?"))}`;
      const headers = Object.fromEntries(
        Object.entries(inbound.headers).map(([name, text]) => [name.toLowerCase(), text]),
      );
      const answer = await ingest.app.inject({ method: "POST", url, headers, payload: inbound.body });
      expect([answer.statusCode, answer.body]).toEqual([expectedReply.status, expectedReply.body]);
      expect(answer.headers["content-type"]).toMatch(/^text\/plain/);
      await ingest.app.close();
    }
});
