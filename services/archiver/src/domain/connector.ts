import { type ArchiveStatus, archiveStatus } from "@hybrid/contracts";
import { type ActorId, actorIdOf, call, emit, entityOf, orgOf, post, type Step, stay } from "@hybrid/kernel";
import type {
  Call,
  CollectedEvent,
  Connector,
  ConnectorCommand,
  Input,
  InputOf,
  Round,
  Slice,
  State,
} from "./archive-state.ts";
import { eventDigest } from "./digest.ts";
import { backoffMs, numbers } from "./numbers.ts";

type ConnectorStep = Step<State, Input, Call>;

/** The name of a connector, from its actor's id. */
export const connectorNameOf = (self: ActorId): string => entityOf(self).slice("c-".length);

/** The actor that knows a space. */
export const roomActor = (self: ActorId, roomUuid: string): ActorId =>
  actorIdOf(`${orgOf(self)}/r-${roomUuid}`);

const runOf = (self: ActorId, run: number): string => `${connectorNameOf(self)}.${run}`;

/** Where the content of an event waits. */
export const contentOf = (eventId: string, run: string): string => `${eventId}.${run}`;

const firstChunk = (from: number, to: number, widthMs: number): Round["chunk"] => ({
  from,
  to: Math.min(to, from + widthMs),
});

/** All memberships of a round are read before its first message: then spaces know who was there. */
const roundOver = (given: Pick<Round, "from" | "to" | "run" | "isRerun">): Round => ({
  ...given,
  phase: "members",
  chunk: firstChunk(given.from, given.to, numbers.chunkMs),
  after: null,
  widthMs: numbers.chunkMs,
  call: null,
  notBefore: 0,
});

/** The next round, when one is due: a re-run goes first, for somebody waits for it. */
const withRound = (connector: Connector, now: number): Connector => {
  if (connector.round !== null || connector.isPaused) return connector;
  const [rerun, ...reruns] = connector.reruns;
  if (rerun) {
    const runs = connector.runs + 1;
    const from = Math.max(rerun.from, now - numbers.historyMs);
    const to = Math.min(rerun.to, now - numbers.lagMs);
    if (from >= to) return { ...connector, reruns };
    return { ...connector, reruns, runs, round: roundOver({ from, to, run: runs, isRerun: true }) };
  }
  if (now < connector.nextRoundAt) return connector;
  const oldest = now - numbers.historyMs;
  const wanted =
    connector.cursor === connector.startsAt ? connector.startsAt : connector.cursor - numbers.overlapMs;
  const from = Math.max(connector.startsAt, wanted, oldest);
  const to = now - numbers.lagMs;
  if (from >= to) return { ...connector, nextRoundAt: now + connector.pollEveryMs };
  const lostBefore = connector.cursor < oldest ? oldest : connector.lostBefore;
  return {
    ...connector,
    lostBefore,
    nextRoundAt: now + connector.pollEveryMs,
    round: roundOver({ from, to, run: 1, isRerun: false }),
  };
};

/** Orders the next call of the round, unless it waits for time, for an answer, or for spaces to catch up. */
const withCall = (connector: Connector, now: number, self: ActorId): ConnectorStep => {
  const { round } = connector;
  const mustWait =
    round === null ||
    round.call !== null ||
    connector.isPaused ||
    now < round.notBefore ||
    connector.open >= numbers.openItemsMax;
  if (mustWait) return stay(connector);
  const number = connector.calls + 1;
  const { phase, chunk, after } = round;
  const seen = round.isRerun ? "" : connector.seen.map(([digest]) => digest).join("");
  const order: Call = {
    kind: "collect",
    number,
    run: runOf(self, round.run),
    phase,
    ...chunk,
    after,
    limit: numbers.sliceMax,
    seen,
  };
  return {
    state: { ...connector, calls: number, round: { ...round, call: number } },
    effects: [call(order)],
  };
};

const published = (connector: Connector, now: number): Connector => ({
  ...connector,
  publishAt: connector.publishAt ?? now + numbers.publishMs,
});

/** Goes on with whatever is due. */
const goOn = (connector: Connector, now: number, self: ActorId): ConnectorStep => {
  const next = withRound(connector, now);
  return withCall(next === connector ? connector : published(next, now), now, self);
};

/** As {@link goOn}, after something that an administrator may want to see. */
const goOnSeen = (connector: Connector, now: number, self: ActorId): ConnectorStep =>
  goOn(published(connector, now), now, self);

/** What is published of a connector. */
const statusOf = (connector: Connector, self: ActorId): ArchiveStatus => ({
  name: connectorNameOf(self),
  createdBy: connector.createdBy,
  createdAt: connector.createdAt,
  state: connector.isPaused ? "paused" : "running",
  terms: connector.terms,
  pollEveryMs: connector.pollEveryMs,
  startsAt: connector.startsAt,
  archivedTo: connector.cursor,
  roundFrom: connector.round?.from ?? null,
  roundTo: connector.round?.to ?? null,
  roundAt: connector.round?.chunk.from ?? null,
  nextRoundAt: connector.round === null && !connector.isPaused ? connector.nextRoundAt : null,
  openItems: connector.open,
  failures: connector.failures,
  problem: connector.problem,
  lostBefore: connector.lostBefore,
  reruns: connector.reruns.length + (connector.round?.isRerun ? 1 : 0),
});

const publish = (connector: Connector, now: number, self: ActorId): ConnectorStep => {
  const next = goOn({ ...connector, publishAt: null }, now, self);
  return { ...next, effects: [emit(archiveStatus, self, statusOf(connector, self)), ...next.effects] };
};

const finished = (connector: Connector, round: Round): Connector => {
  if (round.isRerun) return { ...connector, round: null };
  const cursor = Math.max(connector.cursor, round.to);
  return {
    ...connector,
    round: null,
    cursor,
    seen: connector.seen.filter(([, at]) => at >= cursor - numbers.overlapMs),
  };
};

const afterChunk = (connector: Connector, round: Round): Connector => {
  if (round.chunk.to < round.to) {
    const widthMs = round.after === null ? Math.min(round.widthMs * 2, numbers.chunkMs) : round.widthMs;
    // Bounds of a request are taken in; the next stretch begins one further on.
    const chunk = firstChunk(round.chunk.to + 1, round.to, widthMs);
    return { ...connector, round: { ...round, chunk, after: null, widthMs } };
  }
  if (round.phase === "members") {
    const chunk = firstChunk(round.from, round.to, round.widthMs);
    return { ...connector, round: { ...round, phase: "items", chunk, after: null } };
  }
  return finished(connector, round);
};

const afterSlice = (connector: Connector, round: Round, slice: Slice): Connector => {
  const answered = { ...round, call: null, notBefore: 0 };
  if (!slice.hasMore || slice.last === null) return afterChunk(connector, answered);
  const widthMs = Math.max(numbers.chunkMsMin, Math.floor(round.widthMs / 2));
  return { ...connector, round: { ...answered, after: slice.last, widthMs } };
};

const handOver = (connector: Connector, event: CollectedEvent, self: ActorId, run: number) => {
  const { roomId, roomUuid } = event;
  const to = roomActor(self, roomUuid);
  if (event.kind === "member")
    return post<Input>(to, { kind: "memberChanged", roomId, change: event.change });
  const name = connectorNameOf(self);
  const { terms } = connector;
  return post<Input>(to, {
    kind: "itemCollected",
    roomId,
    connector: name,
    run: runOf(self, run),
    terms,
    item: event.item,
  });
};

const isWanted = (connector: Connector, { kind, roomUuid }: CollectedEvent): boolean =>
  kind === "member" || connector.terms.spaces.length === 0 || connector.terms.spaces.includes(roomUuid);

const onCollected = (
  connector: Connector,
  input: Extract<Input, { readonly kind: "collected" }>,
  now: number,
  self: ActorId,
): ConnectorStep => {
  const { round } = connector;
  if (round?.call !== input.number) return stay(connector);
  const known = round.isRerun ? new Set<string>() : new Set(connector.seen.map(([digest]) => digest));
  const idOf = (event: CollectedEvent): string =>
    event.kind === "item" ? event.item.eventId : event.eventId;
  const fresh = input.slice.events.filter(
    (event) => !known.has(eventDigest(idOf(event))) && isWanted(connector, event),
  );
  const items = fresh.filter(({ kind }) => kind === "item").length;
  const digests = fresh.map((event): readonly [string, number] => [
    eventDigest(idOf(event)),
    event.kind === "item" ? event.item.at : event.change.at,
  ]);
  const seen = round.isRerun ? connector.seen : [...connector.seen, ...digests].slice(-numbers.seenMax);
  const heard = { ...connector, seen, open: connector.open + items, failures: 0, problem: null };
  const next = goOnSeen(afterSlice(heard, round, input.slice), now, self);
  return {
    ...next,
    effects: [...fresh.map((event) => handOver(connector, event, self, round.run)), ...next.effects],
  };
};

const onFailed = (
  connector: Connector,
  input: Extract<Input, { readonly kind: "callFailed" }>,
  now: number,
): ConnectorStep => {
  const { round } = connector;
  if (round?.call !== input.number) return stay(connector);
  const { code, retryAt } = input.failure;
  const failures = connector.failures + 1;
  const notBefore = Math.max(retryAt ?? 0, now + backoffMs(failures));
  // The round stands where it stood: what was not read will be.
  return stay(
    published({ ...connector, failures, problem: code, round: { ...round, call: null, notBefore } }, now),
  );
};

const created = (
  command: Extract<ConnectorCommand, { readonly kind: "create" }>,
  now: number,
): Connector => ({
  kind: "connector",
  createdBy: command.by,
  createdAt: now,
  terms: command.terms,
  pollEveryMs: command.pollEveryMs,
  isPaused: false,
  startsAt: Math.max(command.startsAt, now - numbers.historyMs),
  cursor: Math.max(command.startsAt, now - numbers.historyMs),
  round: null,
  nextRoundAt: now,
  reruns: [],
  runs: 1,
  calls: 0,
  seen: [],
  open: 0,
  failures: 0,
  problem: null,
  lostBefore: null,
  publishAt: null,
});

const onCommand = (
  connector: Connector | null,
  command: ConnectorCommand,
  now: number,
  self: ActorId,
): ConnectorStep => {
  if (connector === null)
    return command.kind === "create" ? goOnSeen(created(command, now), now, self) : stay({ kind: "none" });
  switch (command.kind) {
    case "create":
      // Its name is taken: the connector that has it is unchanged.
      return stay(connector);
    case "pause":
      return stay(published({ ...connector, isPaused: true }, now));
    case "resume":
      return goOnSeen({ ...connector, isPaused: false, nextRoundAt: now }, now, self);
    case "rerun":
      return goOnSeen(
        { ...connector, reruns: [...connector.reruns, { from: command.from, to: command.to }].slice(-20) },
        now,
        self,
      );
  }
};

/** One input to a connector. */
export const stepConnector = (
  connector: Connector | null,
  input: InputOf<"connector">,
  now: number,
  self: ActorId,
): ConnectorStep => {
  if (input.kind === "commanded") return onCommand(connector, input.command, now, self);
  if (connector === null) return stay({ kind: "none" });
  switch (input.kind) {
    case "collected":
      return onCollected(connector, input, now, self);
    case "callFailed":
      return onFailed(connector, input, now);
    case "hinted":
      return goOn(
        { ...connector, nextRoundAt: Math.min(connector.nextRoundAt, now + numbers.lagMs) },
        now,
        self,
      );
    case "itemsDone":
      return goOnSeen({ ...connector, open: Math.max(0, connector.open - input.items) }, now, self);
    case "timerFired":
      return input.name === "publish" ? publish(connector, now, self) : goOn(connector, now, self);
  }
};

/** When a connector wants to be woken. */
export const connectorDueAt = ({ round, isPaused, nextRoundAt, open }: Connector): number | null => {
  if (isPaused || open >= numbers.openItemsMax) return null;
  if (round === null) return nextRoundAt;
  return round.call === null ? round.notBefore : null;
};
