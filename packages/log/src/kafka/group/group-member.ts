import { randomUUID } from "node:crypto";
import { type EpochMs, later, type Random, type Scheduler } from "@hybrid/kernel";
import type { WaitingPartition } from "../../port.ts";
import { RequiredVersions } from "../../required-versions.ts";
import { plan } from "./assignment.ts";
import type { Joined, Seat } from "./coordinator-wire.ts";
import { reasonOf, refusalOf, type Verdict, verdictOf } from "./group-errors.ts";
import {
  type Assigned,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from "./group-protocol.ts";
import type { MemberSettings } from "./group-settings.ts";
import { Heartbeats } from "./heartbeats.ts";
import { Holdings } from "./holdings.ts";
import { Standing } from "./standing.ts";
import { Bell, backoffMs, pause, within } from "./waiting.ts";

/**
 * How long we try to tell the coordinator that we go: who stops a process waits for it, and a coordinator
 * that is out of reach learns by the session time-out.
 */
const leaveMsMax = 1_500;

/** A place in a Kafka consumer group that shares its partitions cooperatively. */
export interface GroupMember {
  /** Whether the listener has the partition at present: assigned and not revoked. */
  owns(partition: number): boolean;
  /** The place in the present generation, for offset commits; null before the first and after it was lost. */
  generation(): Seat | null;
  /**
   * When we sent what the coordinator last confirmed our membership by; the start before the first time.
   * While a join waits for other members the coordinator still confirms the place of before.
   */
  lastHeartbeatAt(): EpochMs;
  /** See {@link Membership.requireVersion}. */
  requireVersion(partition: number, version: number): void;
  /** See {@link Membership.waiting}. */
  waiting(): readonly WaitingPartition[];
  /** See {@link Membership.waitsFor}. */
  waitsFor(): string | null;
  /** Revokes everything (waiting for the listener, at most the time for revocation) and leaves. */
  leave(): Promise<void>;
}

/**
 * Joins a group and stays in it. Resolves before the first join is answered; assignments arrive at the
 * listener in later tasks. Whatever can pass is tried again for ever.
 */
export const startGroupMember = async (settings: MemberSettings): Promise<GroupMember> =>
  new Member(settings);

/**
 * One loop does everything that concerns the group, one thing after the other: it joins when it must and
 * waits for the bell when it need not. Heartbeats and revocations run beside it; they only leave a note and
 * ring the bell.
 */
class Member implements GroupMember {
  readonly #settings: MemberSettings;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #holdings: Holdings;
  readonly #heartbeats: Heartbeats;
  readonly #standing: Standing;
  readonly #bell = new Bell();
  readonly #leaving = new AbortController();
  readonly #end: Promise<void>;
  readonly #instance = randomUUID();
  readonly #needs: RequiredVersions;
  /** The highest version among the members of the last generation. */
  #newest: number;
  #attempt = 0;
  /** A first join of ours that nobody answered may still take our static place from us, once. */
  #mayHaveGhost = false;
  #isFenced = false;
  #memberId = "";
  #seat: Seat | null = null;
  #mustJoin = true;
  /** The leader has not heard yet what this member has to say of itself. */
  #mustAnnounce = false;
  /** What a heartbeat was answered, for the loop. */
  #heartbeatError: { readonly error: unknown } | null = null;
  #isOutage = false;
  #failures = 0;
  #lastHeartbeatAt: EpochMs;

  constructor(settings: MemberSettings) {
    const { group, wire, scheduler, listener, logger, settings: times } = settings;
    this.#settings = settings;
    this.#needs = new RequiredVersions(group.partitions);
    this.#newest = settings.version;
    this.#scheduler = scheduler;
    this.#standing = new Standing(scheduler, logger, group.service);
    this.#random = settings.random ?? Math.random;
    this.#lastHeartbeatAt = scheduler.now();
    this.#holdings = new Holdings({
      service: group.service,
      scheduler,
      listener,
      logger,
      revokeTimeoutMs: times.revokeTimeoutMs,
      changed: () => this.#bell.ring(),
    });
    this.#heartbeats = new Heartbeats({
      wire,
      scheduler,
      random: this.#random,
      intervalMs: times.heartbeatIntervalMs ?? 200,
      answerMs: times.sessionTimeoutMs / 3,
      confirmed: (sentAt) => this.#confirmed(sentAt),
      unreachable: (error) => this.#unreachable(error),
      refused: (error) => {
        this.#heartbeatError = { error };
        this.#bell.ring();
      },
    });
    this.#end = this.#run();
  }

  owns(partition: number): boolean {
    return this.#holdings.owns(partition);
  }

  generation(): Seat | null {
    return this.#seat;
  }

  lastHeartbeatAt(): EpochMs {
    return this.#lastHeartbeatAt;
  }

  requireVersion(partition: number, version: number): void {
    this.#needs.require(partition, version);
    if (version > this.#settings.version) this.#holdings.decline(partition);
  }

  waiting(): readonly WaitingPartition[] {
    return this.#needs.beyond(this.#newest);
  }

  waitsFor(): string | null {
    return this.#standing.waitsFor;
  }

  leave(): Promise<void> {
    if (!this.#isLeaving()) {
      this.#holdings.revokeAll();
      this.#leaving.abort();
      this.#bell.ring();
    }
    return this.#end;
  }

  async #run(): Promise<void> {
    let refusal: { readonly error: unknown } | null = null;
    try {
      // A task of its own: nobody hears of an assignment before he has our promise.
      await this.#pause(0);
      while (!this.#isLeaving()) await this.#turn();
    } catch (error) {
      refusal = { error };
    }
    await this.#depart();
    if (refusal) this.#fail(refusal.error);
  }

  /** Does what is to be done now, or waits for something to do. Rejects when nothing can be done any more. */
  async #turn(): Promise<void> {
    try {
      this.#hearHeartbeat();
      if (!this.#mustJoin) this.#holdings.settle();
      if (this.#mustJoin || this.#mustAnnounce || this.#holdings.hasNews()) {
        await this.#join();
        this.#failures = 0;
      } else await this.#bell.heard();
    } catch (error) {
      await this.#recover(error);
    }
  }

  #hearHeartbeat(): void {
    const heard = this.#heartbeatError;
    this.#heartbeatError = null;
    if (heard) throw heard.error;
  }

  async #recover(error: unknown): Promise<void> {
    const verdict = verdictOf(error);
    if (verdict === "refused" || (verdict === "fenced" && !this.#mayHaveGhost)) {
      this.#isFenced = verdict === "fenced";
      throw error;
    }
    this.#mustJoin = true;
    if (verdict === "rebalance") return;
    const isFirst = this.#failures === 0;
    if (verdict === "passing") {
      if (this.#memberId === "") this.#mayHaveGhost = true;
      this.#settings.wire.forgetCoordinator();
      this.#unreachable(error);
    } else this.#lost(verdict, error);
    if (verdict === "passing" || !isFirst) await this.#pause(backoffMs(this.#failures, this.#random));
    this.#failures++;
  }

  /** The group went on without us. What nobody else took since comes back with the next generation. */
  #lost(verdict: Verdict, error: unknown): void {
    const { logger, group } = this.#settings;
    const { service } = group;
    const memberId = this.#memberId;
    if (this.#seat)
      logger.warn(
        { service, memberId, reason: reasonOf(error) },
        "the group went on without us; joining again",
      );
    this.#seat = null;
    this.#heartbeats.stop();
    if (verdict === "fenced") this.#mayHaveGhost = false;
    if (verdict !== "generationLost") this.#memberId = "";
  }

  async #join(): Promise<void> {
    const { wire, topics, version, settings: times } = this.#settings;
    const ms = times.rebalanceTimeoutMs + times.sessionTimeoutMs;
    const { scheduler } = this.#settings;
    this.#heartbeats.joining();
    this.#heartbeatError = null;
    const isFirst = this.#memberId === "";
    if (isFirst || this.#mustAnnounce) this.#attempt++;
    const life = { instance: this.#instance, attempt: this.#attempt };
    const subscription = encodeSubscription({
      topics,
      life,
      version,
      claims: this.#holdings.claims(),
      needs: this.#needs.all(),
    });
    this.#mustJoin = this.#mustAnnounce = false;
    if (this.#holdings.size === 0) this.#standing.waits(this.#othersToJoin());
    let sentAt = scheduler.now();
    const named = (memberId: string): void => void (this.#memberId = memberId);
    const joined = await this.#unlessLeft(
      within(scheduler, { ms, what: "a join" }, wire.join({ memberId: this.#memberId, subscription, named })),
    );
    if (joined === null) return;
    const { generationId, memberId } = joined;
    this.#memberId = memberId;
    this.#confirmed(sentAt);
    if (this.#isLeaving()) return;
    this.#heartbeats.start({ generationId, memberId });
    this.#heartbeats.joining();
    const assignments = memberId === joined.leaderId ? this.#lead(joined) : [];
    sentAt = scheduler.now();
    const assignment = await this.#unlessLeft(
      within(scheduler, { ms, what: "a sync" }, wire.sync({ generationId, memberId, assignments })),
    );
    if (assignment === null || this.#isLeaving()) return;
    this.#confirmed(sentAt);
    this.#seat = { generationId, memberId };
    this.#heartbeats.start(this.#seat);
    const assigned = decodeAssignment(assignment);
    // A static member that comes back gets what it had, without a rebalance: nobody knows its version yet.
    this.#mustAnnounce = isFirst && this.#settings.instanceId !== null && assigned.to !== this.#instance;
    this.#take(generationId, assigned);
  }

  #take(generationId: number, { partitions, needs, newest }: Assigned): void {
    const { group, version } = this.#settings;
    this.#needs.learn(needs);
    this.#newest = newest;
    // What was declined while the leader did not know yet is not taken up again.
    const isOurs = (partition: number): boolean =>
      partition < group.partitions && this.#needs.of(partition) <= version;
    this.#holdings.give(generationId, partitions.filter(isOurs));
    if (this.#holdings.size > 0) this.#standing.settled();
    else
      this.#standing.waits("other members of its group, which have all partitions or still give them back");
  }

  #othersToJoin(): string {
    const { sessionTimeoutMs } = this.#settings.settings;
    return (
      "its group's other members to join; one that has died is waited for until its session ends, at most " +
      `${sessionTimeoutMs} ms`
    );
  }

  /** Shares the partitions among all members of the generation. */
  #lead({ generationId, members }: Joined) {
    const { group, logger } = this.#settings;
    const subscriptions = members.map(({ memberId, subscription }) => ({
      memberId,
      ...decodeSubscription(subscription),
    }));
    const readers = subscriptions.filter(({ topics }) => topics.length > 0);
    const { assignment, moving, needs, newest } = plan({ partitions: group.partitions, members: readers });
    logger.info(
      { service: group.service, generationId, members: members.length, moving: moving.length },
      "this member shares the partitions of the group",
    );
    return subscriptions.map(({ memberId, topics, life }) => {
      const partitions = assignment.get(memberId) ?? [];
      const to = life?.instance ?? null;
      return { memberId, assignment: encodeAssignment(topics, { partitions, needs, newest, to }) };
    });
  }

  /**
   * The answer, or null when we leave before it comes. Without a member id, or a name of our own, the
   * coordinator could not be told that we go: we wait a little for the id, which it gives at once.
   */
  async #unlessLeft<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
    const { wire, instanceId } = this.#settings;
    const signal = this.#leaving.signal;
    const answered = new AbortController();
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        if (answered.signal.aborted) return;
        wire.forgetCoordinator();
        resolve(null);
      };
      const left = (): void => {
        if (this.#memberId !== "" || instanceId !== null) giveUp();
        else void pause(this.#scheduler, leaveMsMax, answered.signal).then(giveUp);
      };
      signal.addEventListener("abort", left, { once: true });
      const end = (): void => {
        signal.removeEventListener("abort", left);
        answered.abort();
      };
      answer.finally(end).then(resolve, reject);
    });
  }

  #confirmed(sentAt: EpochMs): void {
    const { logger, group } = this.#settings;
    this.#lastHeartbeatAt = later(this.#lastHeartbeatAt, sentAt);
    if (this.#isOutage) logger.info({ service: group.service }, "the group's coordinator answers again");
    this.#isOutage = false;
  }

  #unreachable(error: unknown): void {
    const { logger, group } = this.#settings;
    if (!this.#isOutage)
      logger.warn(
        { service: group.service, reason: reasonOf(error) },
        "the group's coordinator is out of reach; trying again until it answers",
      );
    this.#isOutage = true;
    if (this.#holdings.size === 0) this.#standing.waits(`its group's coordinator, which is out of reach`);
  }

  /** Gives everything back, then tells the coordinator that we go. Never rejects. */
  async #depart(): Promise<void> {
    const { wire, group, logger, instanceId, settings: times } = this.#settings;
    this.#standing.settled();
    this.#holdings.revokeAll();
    while (this.#holdings.isReleasing()) await this.#bell.heard();
    this.#heartbeats.stop();
    this.#seat = null;
    const memberId = this.#memberId;
    const mustSay = !this.#isFenced && (memberId !== "" || (instanceId !== null && this.#attempt > 0));
    try {
      const what = "leaving the group";
      const ms = Math.min(times.sessionTimeoutMs, leaveMsMax);
      if (mustSay) await within(this.#scheduler, { ms, what }, wire.leave(memberId));
    } catch (error) {
      logger.warn(
        { service: group.service, memberId, reason: reasonOf(error) },
        "the group could not be left; the coordinator gives our place up after the session timeout",
      );
    }
    await wire.close().catch((error: unknown) => {
      logger.warn(
        { service: group.service, error },
        "the connection to the coordinator did not end in order",
      );
    });
  }

  #fail(error: unknown): void {
    const { listener, group, instanceId, logger } = this.#settings;
    const refusal = refusalOf(group.service, instanceId, error);
    logger.warn({ service: group.service, error: refusal }, "this member has left the group for good");
    listener.failed?.(refusal);
  }

  #isLeaving(): boolean {
    return this.#leaving.signal.aborted;
  }

  /** Waits, but not when we leave. */
  #pause(ms: number): Promise<void> {
    return pause(this.#scheduler, ms, this.#leaving.signal);
  }
}
