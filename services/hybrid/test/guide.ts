import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { folder, freePort } from "./clouds.ts";

const root = join(import.meta.dirname, "../../..");
const document = readFileSync(join(root, "docs/CONNECT.md"), "utf8");
/** The commands of docs/CONNECT.md, in order. */
export const blocks = [...document.matchAll(/^```sh\n(?<command>.*?)\n```$/gms)].map(
  ({ groups }) => groups?.["command"] ?? "",
);

/** What a command said. */
export interface Said {
  readonly code: number | null;
  readonly text: string;
}

/** A terminal in which the commands run as they stand in the document, on ports of this test. */
export const terminal = async () => {
  const at = await folder();
  const [ingest, health, control, api] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const hybrid = `'${process.execPath}' --disable-warning=ExperimentalWarning -- '${join(root, "services/hybrid/src/main.ts")}'`;
  const environment = {
    PATH: process.env["PATH"],
    INGEST_PORT: String(ingest),
    HEALTH_PORT: String(health),
    API_PORT: String(api),
    HUB_PORT: "0",
    HYBRID_HEALTH_URL: `http://127.0.0.1:${health}`,
  };
  const start = (written: string): { readonly child: ChildProcess; readonly said: () => string } => {
    const command = written
      .replace(
        "hybrid simulate",
        `hybrid simulate --graph-port 0 --webex-port 0 --proxy-port 0 --control-port ${control}`,
      )
      .replace("npx pnpm@12 hybrid", hybrid)
      .replace("localhost:9545", `localhost:${control}`)
      .replace("localhost:8443", `localhost:${ingest}`)
      .replace("localhost:8080", `localhost:${api}`);
    const child = spawn("bash", ["--norc", "--noprofile", "-c", command], {
      cwd: at,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (piece: string) => void (text += piece));
    return { child, said: () => text };
  };
  return {
    at,
    api: `http://localhost:${api}`,
    control: `http://localhost:${control}`,
    keeps: async (command: string, runs: RegExp): Promise<void> => {
      const { child, said } = start(command);
      await new Promise<void>((resolve, reject) => {
        child.stdout?.on("data", () => void (runs.test(said()) && resolve()));
        child.once("close", () => reject(new Error(`it ended: ${command}\n${said()}`)));
      });
    },
    says: async (command: string): Promise<Said> => {
      const { child, said } = start(command);
      const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
      return { code, text: said() };
    },
  };
};

/** The one command that has this part. */
export const blockWith = (part: string): string => {
  const found = blocks.filter((block) => block.includes(part));
  if (found.length !== 1) throw new Error(`the document has ${found.length} commands with ${part}`);
  return found[0] ?? "";
};

/** A browser that trusts the simulators, answers "accept" as somebody, and keeps our cookie. */
export const browse = async (link: string, caFile: string, mail = "ada@contoso.example"): Promise<string> => {
  const ca = await readFile(caFile, "utf8");
  let cookie = "";
  let at = link;
  for (let hops = 0; hops < 20; hops++) {
    const url = new URL(at);
    if (url.protocol === "http:") {
      const answer = await fetch(url, { redirect: "manual", headers: cookie === "" ? {} : { cookie } });
      cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie;
      if (answer.status !== 302) return await answer.text();
      at = answer.headers.get("location") ?? "";
      continue;
    }
    const { status, text, location } = await new Promise<{ status: number; text: string; location: string }>(
      (resolve, reject) => {
        request(url, { ca, headers: { accept: "text/html" } }, (incoming) => {
          let body = "";
          incoming.setEncoding("utf8").on("data", (piece: string) => void (body += piece));
          incoming.on("end", () =>
            resolve({
              status: incoming.statusCode ?? 0,
              text: body,
              location: incoming.headers.location ?? "",
            }),
          );
        })
          .once("error", reject)
          .end();
      },
    );
    if (status === 302) at = location;
    else {
      const accept = new RegExp(`${mail.replaceAll(".", "\\.")}[^<]*<a href="([^"]+)">accept`);
      const [, choice] = accept.exec(text) ?? [];
      if (choice === undefined) throw new Error(`no way on: ${status} ${text}`);
      at = new URL(choice.replaceAll("&#38;", "&"), url).href;
    }
  }
  throw new Error("the browser is led in circles");
};
