import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { graphEventSchema, mailboxSettingsSchema, readAnswer, subscriptionSchema } from "../src/models.ts";

const folder = join(process.env["HYBRID_CONTRACTS_DIR"] ?? ".", "graph-examples");

const bodiesOf = (kind: RegExp): (readonly [string, any])[] =>
  readdirSync(folder)
    .filter((file) => kind.test(file))
    .map((file) => [file, JSON.parse(readFileSync(join(folder, file), "utf8")).response] as const)
    .flatMap(([file, response]) => ((response?.status ?? 500) < 300 ? [[file, response.body] as const] : []))
    .filter(([, body]) => typeof body === "object" && body !== null);

// Needs HYBRID_CONTRACTS_DIR: Microsoft's examples are read where they lie and never copied.
test.skipIf(!process.env["HYBRID_CONTRACTS_DIR"])("published answers fit the read models", () => {
  const events = bodiesOf(/^calendar--event-get--/);
  const settings = bodiesOf(/^mailboxSettings--user-get-mailboxsettings--0[13]/);
  const subscriptions = bodiesOf(/^subscriptions--(m02-renew|subscription-(get|update))/);
  expect(events.length).toBeGreaterThan(1);
  expect(subscriptions.length).toBeGreaterThan(1);
  for (const [file, body] of events) expect(readAnswer(graphEventSchema, body, file)["id"]).toBe(body.id);
  for (const [file, body] of settings) expect(readAnswer(mailboxSettingsSchema, body, file)).toEqual(body);
  for (const [file, body] of subscriptions) expect(readAnswer(subscriptionSchema, body, file)).toEqual(body);
});
