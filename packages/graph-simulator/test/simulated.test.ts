import { expect, test } from "vitest";
import { userGaps } from "../src/directory/user-profile.ts";
import { messageGaps } from "../src/mail/message-input.ts";
import { allOperations } from "../src/operations/all.ts";
import type { Operation } from "../src/operations/operation.ts";
import { eventGaps } from "../src/schemas/event.ts";
import { subscriptionGaps } from "../src/schemas/subscription.ts";

const withBraces = (path: string): string => path.replaceAll(/:(\w+)/g, "{$1}");

const row = ({ method, path, query, roles }: Operation): string =>
  `| ${method} \`${withBraces(path)}\` | ${query.map((name) => `\`${name}\``).join(" ")} | ${[...new Set(roles)].join(", ")} |`;

const list = (names: Iterable<string>): string => [...names].map((name) => `\`${name}\``).join(", ");

const text = (): string => {
  const operations = allOperations({} as never).sort((a, b) =>
    a.path === b.path ? (a.method < b.method ? -1 : 1) : a.path < b.path ? -1 : 1,
  );
  return [
    "# What is simulated of Microsoft Graph v1.0",
    "",
    "Made from the routes by `test/simulated.test.ts`, which fails when this file is stale; `pnpm exec vitest run " +
      "--project unit packages/graph-simulator/test/simulated.test.ts -u` writes it. Everything else that Graph has is " +
      "501 `SimulatorNotImplemented`, with the header `x-simulator-not-implemented`.",
    "",
    "| operation | options of the query | application permissions, any of |",
    "|---|---|---|",
    ...operations.map(row),
    "| POST `/$batch` | | any |",
    "",
    "In writes, 501 besides:",
    "",
    `- events: ${list(eventGaps)}; in updates \`attachments\` and \`extensions\`, which have addresses of their own`,
    `- subscriptions: ${list(subscriptionGaps)}, \`includeResourceData\`, Event Hubs and Event Grid`,
    `- messages: ${list(messageGaps)}; bodies in MIME`,
    "- attachments other than files",
    "",
    `Of users, 501 in \`$select\`: ${list(userGaps)}.`,
    "",
    "Parts of uploads: PUT and DELETE at the address that `createUploadSession` gives, without a token.",
    "",
    "Microsoft Entra: POST `/{tenant}/oauth2/v2.0/token` (client credentials, authorization code with",
    "PKCE, refresh token), its pages GET `/{tenant}/oauth2/v2.0/authorize`, `/{tenant}/adminconsent` and `/{tenant}/v2.0/adminconsent`,",
    "OpenID metadata, keys, instance discovery.",
    "",
  ].join("\n");
};

test("the table of what is simulated is what the routes say", async () => {
  await expect(text()).toMatchFileSnapshot("../SIMULATED.md");
});
