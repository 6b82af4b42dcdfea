import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { seededRandom, systemScheduler } from "@hybrid/runtime";
import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { ClientOpener } from "../src/clients/clients.ts";
import { readUpConfig } from "../src/config.ts";
import { Opened } from "../src/opened.ts";
import { clouds, folder, objectIdOf, tenantId } from "./clouds.ts";

/** A proxy on the loopback address that makes tunnels for those who log in, and notes where to. */
const startProxy = async () => {
  const asked: string[] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request, socket) => {
    const login = Buffer.from("user:open-sesame").toString("base64");
    if (request.headers["proxy-authorization"] !== `Basic ${login}`)
      return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    asked.push(request.url ?? "");
    const { hostname, port } = new URL(`https://${request.url}`);
    const target = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    target.on("error", () => socket.destroy());
    return void socket.on("error", () => target.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { asked, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const open = async (variables: Readonly<Record<string, string>>) => {
  const at = await folder();
  const { environment } = await clouds(at);
  const ca = await readFile(environment.NODE_EXTRA_CA_CERTS, "utf8");
  const config = readUpConfig(
    { ...environment, ...variables },
    { data: at, service: "user-state,decorator" },
  );
  const { graph, webex } = config.clients;
  if (!graph || !webex) throw new Error("the services need both clouds");
  const [opened, registry] = [new Opened(), new Registry()];
  onTestFinished(() => opened.close());
  const opener = new ClientOpener(
    { ...config.clients, graph: { ...graph, ca }, webex: { ...webex, ca } },
    { scheduler: systemScheduler(), random: seededRandom(1), logger: pino({ level: "silent" }) },
    { opened, registry },
    new Map(),
  );
  const clients = await opener.all(["graph", "webex"]);
  const call = async (): Promise<void> => {
    const signal = AbortSignal.timeout(20_000);
    await clients.graph.mailboxes.probe({ tenantId, userObjectId: objectIdOf(1), signal });
    await clients.webex.findPerson("user1@acme.example", signal);
  };
  const hosts = [new URL(environment.GRAPH_URL).host, new URL(environment.WEBEX_URL).host];
  return { call, registry, hosts };
};

test("Graph, Entra and Webex are reached through the proxy of HTTPS_PROXY, in either spelling", async () => {
  const proxy = await startProxy();
  const { call, hosts } = await open({ https_proxy: `http://user:open-sesame@${proxy.address}` });
  await call();
  expect(new Set(proxy.asked)).toEqual(new Set(hosts));
});

test("hosts of NO_PROXY are reached without it", async () => {
  const proxy = await startProxy();
  const { call } = await open({
    HTTPS_PROXY: `http://user:open-sesame@${proxy.address}`,
    NO_PROXY: "localhost,127.0.0.1",
  });
  await call();
  expect(proxy.asked).toEqual([]);
});

test("a proxy that refuses us fails the call, and nothing goes around it", async () => {
  const proxy = await startProxy();
  const { call, registry } = await open({ HTTPS_PROXY: `http://user:guessed-wrong@${proxy.address}` });
  const failed = await call().then(String, String);
  expect(failed).toContain("Microsoft Entra did not answer");
  expect(failed).not.toContain("guessed-wrong");
  expect(proxy.asked).toEqual([]);
  expect(await registry.metrics()).toMatch(
    /hybrid_graph_requests_total\{operation="token",code="unavailable"\} [1-9]/,
  );
});

test("every request is counted and its time measured, by operation", async () => {
  const { call, registry } = await open({});
  await call();
  const metrics = await registry.metrics();
  for (const line of [
    'hybrid_graph_requests_total{operation="token",code="ok"} 1',
    'hybrid_graph_request_seconds_count{operation="token"} 1',
    'hybrid_webex_requests_total{operation="/v1/people",code="ok"} 1',
    'hybrid_webex_request_seconds_count{operation="/v1/people"} 1',
  ])
    expect(metrics).toContain(line);
});

test("an address of a proxy that is none is refused by its name, and not repeated", () => {
  const given = { HTTPS_PROXY: "user:open-sesame@proxy" };
  expect(() => readUpConfig(given, { data: "x", service: "decorator" })).toThrow(
    /HTTPS_PROXY: must be http:/,
  );
  expect(() => readUpConfig(given, { data: "x", service: "decorator" })).not.toThrow(/open-sesame/);
});
