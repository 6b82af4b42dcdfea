import { type PeopleSync, peopleSync } from "@hybrid/contracts";
import {
  type ActorId,
  call,
  type Effect,
  type EpochMs,
  emit,
  later,
  orgOf,
  plus,
  type Step,
  stay,
  type Timer,
  unreachable,
} from "@hybrid/kernel";
import type { Call, Input, PageRead } from "./inputs.ts";
import { initial, type State, type Sync, type SyncRun, type SyncStep } from "./state.ts";
import { syncNumbers } from "./sync-numbers.ts";
import { pageTells } from "./sync-tells.ts";

type DirectoryStep = Step<State, Input, Call>;
type Effects = readonly Effect<Input, Call>[];

/** Who and when. */
interface Moment {
  readonly self: ActorId;
  readonly now: EpochMs;
}

/** The inputs of sources. */
export type SyncInput =
  | Extract<Input, { readonly kind: "syncOrdered" | "tenantDecided" | "syncDue" | "callFailed" }>
  | PageRead;

type Running = Sync & { readonly run: SyncRun };

const orderOf = ({ source, mark, run }: Running, self: ActorId): Call => {
  const { step, full } = run;
  switch (step.kind) {
    case "domains":
      return { kind: "readDomains", tenantId: source.kind === "graph" ? source.tenantId : "" };
    case "people":
      return source.kind === "graph"
        ? { kind: "readGraphUsers", tenantId: source.tenantId, link: step.cursor ?? (full ? null : mark) }
        : { kind: "readWebexPeople", cursor: step.cursor, order: full ? "id" : "newest" };
    case "workspaces":
      return { kind: "readWorkspaces", after: step.after };
    case "sweep":
      return { kind: "listActors", prefix: `${orgOf(self)}/o/${step.what}-`, after: step.after };
    default:
      return unreachable(step);
  }
};

const reportOf = ({ run, nextAt, runs }: Sync, ended: SyncRun | null, now: EpochMs): PeopleSync => {
  const shown = run ?? ended;
  return {
    run: shown?.number ?? runs,
    full: shown?.full ?? false,
    phase: run ? run.step.kind : "done",
    read: shown?.read ?? 0,
    unusable: shown?.unusable ?? 0,
    startedAt: shown?.startedAt ?? now,
    endedAt: run ? null : now,
    nextAt: run ? run.retryAt : nextAt,
    trouble: shown?.trouble ?? null,
    at: now,
  };
};

const told = (sync: Sync, moment: Moment, effects: Effects, ended: SyncRun | null = null): DirectoryStep => {
  const report = reportOf(sync, ended, moment.now);
  return { state: { ...sync, report }, effects: [...effects, emit(peopleSync, moment.self, report)] };
};

/** Orders what the step needs; of a tenant that has not authorised the application nothing is asked. */
const order = (sync: Running, moment: Moment, effects: Effects = []): DirectoryStep => {
  if (!sync.paused) return told(sync, moment, [...effects, call(orderOf(sync, moment.self))]);
  const trouble = `tenant: ${sync.isByUser ? "organisationConsentMissing" : "consentRevoked"}`;
  const run = { ...sync.run, retryAt: moment.now, trouble };
  return told({ ...sync, run }, moment, effects);
};

const isFullDue = ({ source, mark, fullAt }: Sync, now: EpochMs): boolean =>
  mark === null ||
  fullAt === null ||
  (source.kind === "webex" && now >= plus(fullAt, syncNumbers.fullEveryMs));

const begin = (sync: Sync, full: boolean, moment: Moment): DirectoryStep => {
  const isFull = full || isFullDue(sync, moment.now);
  const run: SyncRun = {
    number: sync.runs + 1,
    full: isFull,
    step: sync.source.kind === "graph" ? { kind: "domains" } : { kind: "people", cursor: null },
    read: 0,
    unusable: 0,
    startedAt: moment.now,
    retryAt: null,
    attempts: 0,
    trouble: null,
    newest: null,
    domainsMoved: false,
    leftOut: null,
    again: "no",
  };
  const round = sync.round + (isFull ? 1 : 0);
  return order({ ...sync, runs: run.number, round, run, nextAt: null }, moment);
};

const end = ({ run, ...sync }: Running, moment: Moment, effects: Effects): DirectoryStep => {
  const isGraph = sync.source.kind === "graph";
  const after: Sync = {
    ...sync,
    run: null,
    mark: isGraph ? sync.mark : (run.newest?.toString() ?? sync.mark),
    fullAt: run.full ? moment.now : sync.fullAt,
    nextAt: sync.stopping ? null : plus(moment.now, syncNumbers.everyMs),
    stopping: false,
  };
  if (run.again === "no" || sync.stopping) return told(after, moment, effects, run);
  const next = begin(after, run.again === "full", moment);
  return { state: next.state, effects: [...effects, ...next.effects] };
};

/** What follows a step that is done; undefined: the run is over. */
const following = ({ source, run }: Running): SyncStep | undefined => {
  const { step, full } = run;
  const sweep = (what: "object" | "webex" | "workspace"): SyncStep => ({ kind: "sweep", what, after: null });
  if (step.kind === "domains") return { kind: "people", cursor: null };
  if (step.kind === "people") {
    if (source.kind === "webex") return { kind: "workspaces", after: null };
    return full || run.domainsMoved ? sweep("object") : undefined;
  }
  if (step.kind === "workspaces") return full ? sweep("webex") : undefined;
  // Workspaces that could not be read are not gone.
  return step.what === "webex" && run.leftOut === null ? sweep("workspace") : undefined;
};

const onward = (sync: Running, moment: Moment, effects: Effects): DirectoryStep => {
  const step = following(sync);
  if (step === undefined) return end(sync, moment, effects);
  return order({ ...sync, run: { ...sync.run, step, attempts: 0 } }, moment, effects);
};

const at = (sync: Running, step: SyncStep): Running => ({
  ...sync,
  run: { ...sync.run, step, attempts: 0, retryAt: null },
});

/** A change that lies behind the mark has been seen by an earlier run. */
const isBehind = (oldest: number | null, mark: string | null): boolean =>
  oldest !== null && mark !== null && oldest < Number(mark) - syncNumbers.overlapMs;

const laterOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);

const onPage = (before: Running, page: PageRead, moment: Moment): DirectoryStep => {
  const effects = pageTells(before, page, moment.self);
  switch (page.kind) {
    case "domainsRead": {
      const moved = JSON.stringify(page.domains) !== JSON.stringify(before.domains);
      const sync = { ...before, domains: page.domains, run: { ...before.run, domainsMoved: moved } };
      return onward(sync, moment, effects);
    }
    case "graphPageRead": {
      const run = {
        ...before.run,
        read: before.run.read + page.users.length + page.removed.length,
        unusable: before.run.unusable + page.unusable,
      };
      const { kind, link } = page.next;
      if (kind === "page")
        return order(at({ ...before, run }, { kind: "people", cursor: link }), moment, effects);
      return onward({ ...before, mark: link, run }, moment, effects);
    }
    case "webexPageRead": {
      const run = {
        ...before.run,
        read: before.run.read + page.people.length,
        unusable: before.run.unusable + page.unusable,
        newest: laterOf(before.run.newest, page.newest),
      };
      const isOver = page.next === null || (!run.full && isBehind(page.oldest, before.mark));
      if (isOver) return onward({ ...before, run }, moment, effects);
      return order(at({ ...before, run }, { kind: "people", cursor: page.next }), moment, effects);
    }
    case "workspacesRead":
      if (page.next === null) return onward(before, moment, effects);
      return order(at(before, { kind: "workspaces", after: page.next }), moment, effects);
    case "actorsListed": {
      const { step } = before.run;
      if (step.kind !== "sweep" || page.next === null) return onward(before, moment, effects);
      return order(at(before, { ...step, after: page.next }), moment, effects);
    }
    default:
      return unreachable(page);
  }
};

type SyncFailure = Extract<Input, { readonly kind: "callFailed" }>;

/** People are synchronised all the same without these: an application may lack the permission for them. */
const mayBeLeftOut = ({ kind }: Call): boolean => kind === "readDomains" || kind === "readWorkspaces";

const onFailure = (before: Running, input: SyncFailure, moment: Moment): DirectoryStep => {
  const { failure, order: failed } = input;
  const trouble = `${failed.kind}: ${failure.code}`;
  const run = { ...before.run, trouble };
  if (mayBeLeftOut(failed)) return onward({ ...before, run: { ...run, leftOut: failed.kind } }, moment, []);
  if (failure.code === "syncStateLost" && failed.kind === "readGraphUsers") {
    // Graph has forgotten where we stood: everybody is read again, in a round of its own.
    const full = { ...run, full: true, step: { kind: "people", cursor: null } as const };
    return order({ ...before, mark: null, round: before.round + 1, run: full }, moment);
  }
  // The tenant's actor says when consent is given again.
  const isByUser = failure.code === "organisationConsentMissing";
  const paused = before.paused || isByUser || failure.code === "consentRevoked";
  const wait = Math.min(syncNumbers.retryMs * 2 ** Math.min(run.attempts, 10), syncNumbers.retryMaxMs);
  const retryAt = later(plus(moment.now, wait), failure.retryAt ?? moment.now);
  const why = isByUser ? { isByUser } : {};
  return told(
    { ...before, ...why, paused, run: { ...run, retryAt, attempts: run.attempts + 1 } },
    moment,
    [],
  );
};

const onOrdered = (
  before: Sync | null,
  { source, full, go }: Extract<Input, { readonly kind: "syncOrdered" }>,
  moment: Moment,
): DirectoryStep => {
  const sync: Sync = before ?? {
    kind: "sync",
    source,
    runs: 0,
    round: 0,
    run: null,
    mark: null,
    domains: [],
    fullAt: null,
    nextAt: null,
    paused: false,
    stopping: false,
    report: null,
  };
  if (!go)
    return sync.run === null
      ? told({ ...sync, nextAt: null }, moment, [])
      : stay({ ...sync, stopping: true });
  if (sync.run === null) return begin({ ...sync, stopping: false }, full, moment);
  const again = full || sync.run.again === "full" ? "full" : "changes";
  const run = { ...sync.run, again } as const;
  const going = { ...sync, stopping: false };
  // What waits after a failure is tried at once: somebody may have mended it.
  if (run.retryAt === null) return stay({ ...going, run });
  return order({ ...going, run: { ...run, again: full ? "full" : "no", retryAt: null } }, moment);
};

/** A source that waits tells why at once, so that nobody looks for another reason. */
const onTenantDecided = (
  before: Sync,
  { mayBeRead, isByUser = false }: Extract<Input, { readonly kind: "tenantDecided" }>,
  moment: Moment,
): DirectoryStep => {
  const { isByUser: wasByUser = false, ...rest } = before;
  const sync: Sync = { ...rest, paused: !mayBeRead, ...(isByUser ? { isByUser } : {}) };
  const waits = sync.run !== null && sync.run.retryAt !== null;
  return isByUser && !wasByUser && waits && sync.run !== null
    ? order({ ...sync, run: sync.run }, moment)
    : stay(sync);
};

/** An input of a source of people. One call at a time; what it brings is told to whom it concerns. */
export const stepSync = (before: Sync | null, input: SyncInput, moment: Moment): DirectoryStep => {
  if (input.kind === "syncOrdered") return onOrdered(before, input, moment);
  if (before === null) return stay(initial);
  if (input.kind === "tenantDecided") return onTenantDecided(before, input, moment);
  if (input.kind === "syncDue") {
    if (before.run === null) return before.nextAt === null ? stay(before) : begin(before, false, moment);
    return order({ ...before, run: { ...before.run, retryAt: null } }, moment);
  }
  if (before.run === null) return stay(before);
  const running: Running = { ...before, run: before.run };
  return input.kind === "callFailed" ? onFailure(running, input, moment) : onPage(running, input, moment);
};

/** When a source wants to be woken. */
export const syncTimers = ({ run, nextAt, paused }: Sync): readonly Timer[] => {
  const dueAt = run ? run.retryAt : nextAt;
  return dueAt === null || paused ? [] : [{ name: "sync", dueAt }];
};
