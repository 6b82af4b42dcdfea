import { expect, test } from "vitest";
import { allOperations } from "../src/operations/all.ts";
import type { Operation } from "../src/operations/operation.ts";

const withBraces = (path: string): string => path.replaceAll(/:(\w+)/g, "{$1}");

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(" ");

const fieldsOf = ({ body }: Operation): string => {
  const { shape } = (body ?? {}) as { shape?: Record<string, unknown> };
  return listed(Object.keys(shape ?? {}));
};

const row = (operation: Operation): string => {
  const { method, path, query, scopes } = operation;
  return `| ${method} \`${withBraces(path)}\` | ${listed(query)} | ${fieldsOf(operation)} | ${listed(operation.gaps)} | ${scopes.join(", ")} |`;
};

const key = ({ method, path }: Operation): string => `${path} ${method}`;

const text = (): string =>
  [
    "# What is simulated of Webex",
    "",
    "Made from the operations by `test/simulated.test.ts`, which fails when this file is stale; `pnpm exec vitest run " +
      "--project unit packages/webex-simulator/test/simulated.test.ts -u` writes it. Everything else that Webex has is " +
      "501, with the header `x-simulator-not-implemented`.",
    "",
    "| operation | parameters of the query | fields of the body | 501 besides | scopes, any of |",
    "|---|---|---|---|---|",
    ...[...allOperations({} as never)].sort((a, b) => (key(a) < key(b) ? -1 : 1)).map(row),
    "",
    "Without a token: POST `/v1/access_token` with `grant_type` `refresh_token` or `authorization_code`. With the " +
      "scope `spark:applications_token`: POST `/v1/applications/{applicationId}/token`.",
    "",
    "A token whose scopes are left out has all but those that start with `spark-compliance:`.",
    "",
  ].join("\n");

test("the table of what is simulated is what the operations say", async () => {
  await expect(text()).toMatchFileSnapshot("../SIMULATED.md");
});
