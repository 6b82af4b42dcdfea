import { timingSafeEqual } from "node:crypto";
import { mailboxLooks } from "@hybrid/contracts";
import { actorIdOf, type Clock, minutes, partitionOf } from "@hybrid/kernel";
import type { HttpLog } from "@hybrid/service";
import { type Cell, serverSentEvents, type View } from "@hybrid/view";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { ApiTokens } from "../config.ts";

/** What the read API needs. */
export interface RoutePorts {
  readonly table: Pick<View, "all" | "changes">;
  readonly log: Pick<HttpLog, "append">;
  readonly clock: Clock;
  readonly partitions: number;
  readonly tokens: ApiTokens;
  readonly onLook: () => void;
}

type Row = Readonly<Record<string, Cell>>;

/** A record that nobody has refreshed in time says nothing any more. */
const shownOf = (row: Row, now: number): object => {
  const { key, status, since, until, source, expires_at, at_webex, webex_reason, at } = row;
  const [, user = ""] = /\/u-(.*)$/.exec(String(key)) ?? [];
  if (status !== "outOfOffice" || Number(expires_at) <= now) return { user, status: "none", at };
  const webex = { atWebex: at_webex === 1, webexReason: webex_reason };
  return { user, status, since, until, source, expiresAt: expires_at, ...webex, at };
};

const limitMax = 1_000;
/** Another look within this time has nothing read again. */
const lookAgainMs = minutes(1);
const looksMax = 10_000;

const isEqual = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

const orgOfToken = (tokens: ApiTokens, request: FastifyRequest): string | undefined => {
  const [, given = ""] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "") ?? [];
  return [...tokens].find(([token]) => isEqual(token, given))?.[1];
};

interface Where {
  readonly org: string;
  readonly user?: string;
}

const paramsOf = (request: FastifyRequest): Where => request.params as Where;

/** Lets in who has a token of the organisation in the path. */
const guard =
  (tokens: ApiTokens) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const org = orgOfToken(tokens, request);
    if (org === undefined) {
      const error = "give a token of PRESENCE_API_TOKENS as Authorization: Bearer";
      return await reply.code(401).header("www-authenticate", "Bearer").send({ error });
    }
    if (org !== paramsOf(request).org)
      return await reply.code(403).send({ error: "this token shows another organisation" });
    return undefined;
  };

/** Notes that somebody looks at a user, so that the mailbox is read at once; not more than once a minute. */
const lookNoted = ({ log, clock, partitions, onLook }: RoutePorts) => {
  const looked = new Map<string, number>();
  return async (key: string): Promise<void> => {
    const now = clock.now();
    if ((looked.get(key) ?? Number.NEGATIVE_INFINITY) > now - lookAgainMs) return;
    if (looked.size >= looksMax) looked.clear();
    looked.set(key, now);
    onLook();
    const value = mailboxLooks.encode({ at: now });
    const partition = partitionOf(actorIdOf(key), partitions);
    await log.append([{ topic: mailboxLooks.name, partition, key, value, timestamp: now }]);
  };
};

const streamed = async (
  { table, clock }: RoutePorts,
  { request, reply, closing }: { request: FastifyRequest; reply: FastifyReply; closing: AbortSignal },
): Promise<void> => {
  const prefix = `${paramsOf(request).org}/u-`;
  const last = request.headers["last-event-id"];
  const ended = new AbortController();
  request.raw.once("close", () => ended.abort());
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  raw.flushHeaders();
  const signal = AbortSignal.any([ended.signal, closing]);
  for await (const batch of table.changes(typeof last === "string" ? last : null, signal)) {
    const changes = batch.changes.filter(({ key }) => key.startsWith(prefix));
    if (!batch.isReset && changes.length === 0) continue;
    const text = serverSentEvents({ ...batch, changes }, ({ key }) => {
      const [row] = table.all("SELECT * FROM presences WHERE key = ?", key);
      return row === undefined
        ? { user: key.slice(prefix.length), status: "none" }
        : shownOf(row, clock.now());
    });
    if (!raw.write(text)) await new Promise((resolve) => raw.once("drain", resolve).once("close", resolve));
  }
  raw.end();
};

const listed = ({ table, clock }: RoutePorts, request: FastifyRequest): object => {
  const { after = "", limit = "100" } = request.query as { after?: string; limit?: string };
  const prefix = `${paramsOf(request).org}/u-`;
  const most = /^\d{1,4}$/.test(limit) ? Math.min(limitMax, Math.max(1, Number(limit))) : 100;
  const rows = table.all(
    "SELECT * FROM presences WHERE key > ? AND key < ? AND status = 'outOfOffice' AND expires_at > ? " +
      "ORDER BY key LIMIT ?",
    `${prefix}${after}`,
    `${prefix}\u{10ffff}`,
    clock.now(),
    most,
  );
  const users = rows.map((row) => shownOf(row, clock.now()));
  const next = rows.length === most ? String(rows.at(-1)?.["key"]).slice(prefix.length) : null;
  return { users, next };
};

/** Presence to read: who is out, one user, and what changes as server-sent events. */
export const presenceRoutes = (ports: RoutePorts): FastifyPluginAsync => {
  const look = lookNoted(ports);
  return async (app) => {
    const closing = new AbortController();
    app.addHook("preClose", async () => closing.abort());
    app.addHook("preHandler", guard(ports.tokens));
    app.get("/:org", (request) => listed(ports, request));
    app.get("/:org/events", (request, reply) => streamed(ports, { request, reply, closing: closing.signal }));
    app.get("/:org/users/:user", async (request, reply) => {
      const { org, user = "" } = paramsOf(request);
      const key = `${org}/u-${user}`;
      const [row] = ports.table.all("SELECT * FROM presences WHERE key = ?", key);
      if (row === undefined && !/^[A-Za-z0-9_.-]{1,64}$/.test(user))
        return await reply.code(404).send({ error: "there is no such user" });
      await look(key);
      return row === undefined ? { user, status: "none" } : shownOf(row, ports.clock.now());
    });
  };
};
