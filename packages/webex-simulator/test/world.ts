import { startWebexSimulator, type WebexSimulator } from "../src/index.ts";
import { type Asked, calls, certificate } from "./ask.ts";

/** What answers hold, as far as tests read it. */
export interface Item {
  readonly [name: string]: unknown;
  readonly id: string;
  readonly resource: string;
  readonly type: string;
  readonly userName: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An item, or a list of them. */
export interface Json extends Item {
  readonly items: readonly Item[];
  readonly Resources: readonly Item[];
}

/** One organisation with three people, another with one, a compliance officer, a clock that tests move. */
export interface World {
  readonly webex: WebexSimulator;
  readonly clock: { time: number };
  readonly caPem: string;
  /** Asks; tokens are called `nora`, `olaf`, `guest`, `officer`, `app`. */
  call(token: string, method: string, path: string, body?: object): Promise<Asked & { readonly json: Json }>;
}

const compliance = [
  "events",
  "messages",
  "rooms",
  "teams",
  "memberships",
  "team_memberships",
  "webhooks",
].flatMap((name) => [`spark-compliance:${name}_read`, `spark-compliance:${name}_write`]);

/** Starts the world; the caller closes it. */
export const startWorld = async (seed = 1): Promise<World> => {
  const tls = await certificate();
  const clock = { time: Date.UTC(2026, 0, 5, 9) };
  const token = (name: string, person: string | undefined, orgId: string, scopes?: readonly string[]) => ({
    token: name,
    orgId,
    defaultSite: "acme.webex.com",
    ...(person !== undefined && { person }),
    ...(scopes && { scopes }),
  });
  const webex = await startWebexSimulator({
    tls,
    seed,
    clock: { now: () => clock.time },
    accessTokens: [
      token("nora", "nora@acme.example", "acme"),
      token("olaf", "olaf@acme.example", "acme"),
      token("guest", "guest@other.example", "other"),
      token("bot", "bot@webex.bot", "acme"),
      token("officer", "officer@acme.example", "acme", compliance),
      token("app", undefined, "acme"),
    ],
  });
  for (const [email, orgId] of [
    ["nora@acme.example", "acme"],
    ["olaf@acme.example", "acme"],
    ["officer@acme.example", "acme"],
    ["guest@other.example", "other"],
  ] as const)
    webex.addPerson({
      orgId,
      email,
      displayName: email.split("@", 1)[0] ?? "",
      sites: [`${orgId}.webex.com`],
    });
  webex.addPerson({ orgId: "acme", email: "bot@webex.bot", displayName: "Bot", type: "bot", sites: [] });
  const asking = calls(webex.url, tls.cert);
  return {
    webex,
    clock,
    caPem: tls.cert,
    call: async (name, method, path, body) =>
      (await asking(method, path, name, body)) as Asked & { readonly json: Json },
  };
};
