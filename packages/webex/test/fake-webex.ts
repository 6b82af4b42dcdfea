import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { ProviderError } from "@hybrid/kernel";
import { generate } from "selfsigned";
import { createWebexClient, type WebexClient, type WebexClientOptions } from "../src/index.ts";
import { PromptScheduler } from "./prompt-scheduler.ts";

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  /** Path and parameters. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** An answer; a body that is no text is sent as JSON. */
export interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Answers by request, given how many came before it. */
export type Script = (request: Arrived, index: number) => Scripted | Promise<Scripted>;

/** Webex as a script says, and a client of it. */
export interface FakeWebex {
  readonly url: string;
  readonly ca: string;
  readonly client: WebexClient;
  readonly scheduler: PromptScheduler;
  readonly arrived: Arrived[];
  close(): Promise<void>;
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
};

let certificate: ReturnType<typeof generate> | undefined;

export const openFakeWebex = async (
  script: Script,
  options: Partial<WebexClientOptions> = {},
): Promise<FakeWebex> => {
  certificate ??= generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  const { private: key, cert: ca } = await certificate;
  const arrived: Arrived[] = [];
  const server = createServer({ key, cert: ca }, (request, response) => {
    void (async () => {
      const { method = "", url: path = "", headers } = request;
      const body = await textOf(request);
      const asked = { method, path, authorization: headers.authorization, body };
      const answer = await script(asked, arrived.push(asked) - 1);
      response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
      const given = answer.body ?? "";
      response.end(typeof given === "string" ? given : JSON.stringify(given));
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const scheduler = new PromptScheduler();
  const accessToken = async (): Promise<string> => "token";
  const client = createWebexClient({
    baseUrl: url,
    accessToken,
    scheduler,
    random: () => 0.5,
    ca,
    ...options,
  });
  const close = async (): Promise<void> => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { url, ca, client, scheduler, arrived, close };
};

/** What a call rejected with. Throws when it did not, or with anything but ProviderError. */
export const failureOf = async (work: Promise<unknown>): Promise<ProviderError> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw new Error("expected a ProviderError", { cause: error });
};
