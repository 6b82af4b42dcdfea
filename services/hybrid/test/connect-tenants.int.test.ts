import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { blocks, blockWith, browse, terminal } from "./guide.ts";

const names = ["fabrikam", "contoso", "adatum"] as const;
const idOf = (kind: number, n: number): string => `${kind}0000000-0000-4000-8000-00000000000${n}`;

/** Three tenants with one user each, who is Global Administrator, and nobody has consented to anything. */
const scenario = {
  webex: {
    tokens: [{ token: "webex-token", orgId: idOf(3, 0), defaultSite: "contoso.webex.com" }],
    people: names.map((name) => ({
      orgId: idOf(3, 0),
      email: `ada@${name}.example`,
      displayName: `Ada of ${name}`,
      sites: ["contoso.webex.com"],
      personalRoom: {},
    })),
  },
  tenants: names.map((name, n) => ({
    tenantId: idOf(1, n),
    displayName: name,
    domains: [`${name}.example`],
    consentedApps: [],
    users: [
      {
        userId: idOf(2, n),
        mail: `ada@${name}.example`,
        displayName: `Ada of ${name}`,
        directoryRoles: ["Global Administrator"],
      },
    ],
  })),
};

test("the commands of the guide lead three tenants from nothing to Active, two of them by their users", {
  timeout: 600_000,
}, async () => {
  const { at, api, control, keeps, says } = await terminal();
  await writeFile(join(at, "three.json"), JSON.stringify(scenario));
  await keeps(
    blockWith("hybrid simulate").replace("--users 3", "--scenario three.json"),
    /The simulators run/,
  );
  const [first = "", second = ""] = blocks.filter((block) => block.includes(" connect "));
  await says(first);
  const { appId } = JSON.parse((await says(blockWith("/applications"))).text) as { readonly appId: string };
  await says(second.replace("APP_ID", appId));
  await keeps(blockWith(" up"), /all services run/);
  const caFile = join(at, ".hybrid/simulators/ca.pem");

  expect(await says(blockWith("users import"))).toMatchObject({ code: 0 });
  const [byAdministrator, ...byUser] = names;
  const link = (await says(blockWith("--link"))).text.trim();
  expect(await browse(link, caFile, `ada@${byAdministrator}.example`)).toContain("in service");
  for (const name of byUser) {
    const command = blockWith("--consent user").replace("TENANT_ID", idOf(1, names.indexOf(name)));
    expect(await says(command)).toMatchObject({ code: 0, text: expect.stringContaining("/consent/connect") });
  }

  const list = `${blockWith("users list")} --json`;
  /** Looks until everybody stands like this: in words, in the order of the tenants. */
  const become = async (...expected: readonly string[]): Promise<void> => {
    for (;;) {
      const rows = JSON.parse((await says(list)).text) as readonly {
        readonly tenantId: string;
        readonly to: string;
        readonly reason: string | null;
      }[];
      const found = names.map((_, n) => {
        const row = rows.find(({ tenantId }) => tenantId === idOf(1, n));
        return [row?.to, row?.reason].filter(Boolean).join(" ");
      });
      if (JSON.stringify(found) === JSON.stringify(expected)) return;
    }
  };
  /** Waits until Graph has this many subscriptions. */
  const watched = async (count: number): Promise<void> => {
    const look = async (): Promise<string> => await (await fetch(`${control}/subscriptions`)).text();
    while ((JSON.parse(await look()) as { subscriptions: unknown[] }).subscriptions.length !== count);
  };
  const missing = "error userConsentMissing";
  await watched(1);
  await become("active", missing, missing);
  const connects = (name: string): Promise<string> =>
    browse(`${api}/consent/connect`, caFile, `ada@${name}.example`);
  for (const name of byUser) expect(await connects(name)).toContain("Your calendar is connected");
  await watched(names.length);
  await become("active", "active", "active");

  // In the middle of the day a tenant and a user take theirs back; the others stay.
  for (const n of [0, 1])
    await fetch(`${control}/tenants/${idOf(1, n)}/consent/${appId}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ state: "revoked" }),
    });
  const toggle = (order: string): string =>
    blockWith("users list").replace(/users list.*$/, `users ${order} --all --org contoso --wait 30`);
  await says(toggle("disable"));
  await says(toggle("enable"));
  await become("error consentRevoked", "error userConsentRevoked", "active");
  expect(await browse(link, caFile, `ada@${byAdministrator}.example`)).toContain("in service");
  expect(await connects("contoso")).toContain("Your calendar is connected");
  await become("active", "active", "active");
});
