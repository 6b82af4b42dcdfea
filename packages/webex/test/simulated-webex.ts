import { startWebexSimulator, type WebexSimulator } from "@hybrid/webex-simulator";
import { generate } from "selfsigned";
import { createWebexClient, type WebexClient, type WebexClientOptions } from "../src/index.ts";
import { PromptScheduler } from "./prompt-scheduler.ts";

/** A simulated Webex with Nora and Olaf of `acme`, and clients with tokens of theirs. */
export interface SimulatedWebex {
  readonly webex: WebexSimulator;
  /** Moves by itself over what is waited for. */
  readonly scheduler: PromptScheduler;
  readonly ca: string;
  /** Tokens: `nora`, `olaf`, and `app` for a service app. */
  readonly client: (token: string, options?: Partial<WebexClientOptions>) => WebexClient;
  close(): Promise<void>;
}

const site = "acme.webex.com";

export const openSimulatedWebex = async (): Promise<SimulatedWebex> => {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  const scheduler = new PromptScheduler();
  const people = ["nora", "olaf"];
  const webex = await startWebexSimulator({
    tls: { key, cert },
    clock: scheduler,
    accessTokens: [
      ...people.map((name) => ({
        token: name,
        orgId: "acme",
        defaultSite: site,
        person: `${name}@acme.example`,
      })),
      { token: "app", orgId: "acme", defaultSite: site },
    ],
  });
  for (const name of people)
    webex.addPerson({
      orgId: "acme",
      email: `${name}@acme.example`,
      displayName: name,
      sites: [site],
      personalRoom: {},
    });
  const clients: WebexClient[] = [];
  return {
    webex,
    scheduler,
    ca: cert,
    client: (token, options) => {
      const client = createWebexClient({
        baseUrl: webex.url,
        ca: cert,
        accessToken: async () => token,
        scheduler,
        random: () => 0.5,
        ...options,
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) await client.close();
      await webex.close();
    },
  };
};
