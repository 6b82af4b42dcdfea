import { request } from "node:https";
import { generate } from "selfsigned";

/** An answer, read whole; `json` is undefined when the body is none. */
export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** GET over node:https alone, so that the simulator is not tested with a client of ours. */
export const asks =
  (url: string, ca: string, defaultToken: string) =>
  (path: string, token = defaultToken, more: Record<string, string> = {}): Promise<Asked> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, ...more };
      const asking = request(new URL(path, url), { ca, headers, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("error", reject);
        answer.once("close", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const pairs = Object.entries(answer.headers).map(([name, value]): [string, string] => [
            name,
            String(value),
          ]);
          resolve({ status: answer.statusCode ?? 0, headers: new Headers(pairs), text, json: parsed(text) });
        });
      });
      asking.once("error", reject).end();
    });

/** A request of any method with a JSON body or a form. */
export const calls =
  (url: string, ca: string) =>
  async (method: string, path: string, token: string, body?: object): Promise<Asked> => {
    const form = body instanceof FormData ? new Response(body) : undefined;
    const payload = form
      ? Buffer.from(await form.arrayBuffer())
      : body === undefined
        ? undefined
        : Buffer.from(JSON.stringify(body));
    const type = form?.headers.get("content-type") ?? "application/json";
    const headers = {
      authorization: `Bearer ${token}`,
      ...(payload && { "content-type": type, "content-length": String(payload.length) }),
    };
    return new Promise((resolve, reject) => {
      const asking = request(new URL(path, url), { method, ca, headers, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("error", reject);
        answer.once("close", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const named = new Headers(
            Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]),
          );
          resolve({ status: answer.statusCode ?? 0, headers: named, text, json: parsed(text) });
        });
      });
      asking.once("error", reject).end(payload);
    });
  };

/** The path of rel="next", if there is one. */
export const nextOf = (answer: Asked): string | undefined =>
  /^<https:\/\/[^/]+(?<path>[^>]+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.groups?.["path"];

/** A certificate for `localhost` that is its own authority. */
export const certificate = async (): Promise<{ key: string; cert: string }> => {
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
};
