import type { UserState } from "@hybrid/contracts";
import { type CallFailure, days, type EpochMs, plus } from "@hybrid/kernel";
import { MachineDriver } from "@hybrid/kernel/testing";
import { decorator, initial, timersOf } from "#domain/decorator-machine";
import type { ActiveState, Call, EventSighting, Input, Mailbox, State } from "#domain/mailbox-state";
import { monday, settings } from "./invitations.ts";

export type Order<Kind extends Call["kind"]> = Extract<Call, { readonly kind: Kind }>;

/** A mailbox driven by hand, with short words for what happens to it. */
export class Driven extends MachineDriver<State, Input, Call> {
  #transitions = 0;

  constructor() {
    super({ machine: decorator, initial, startAt: monday });
  }

  status(to: UserState, changes: Partial<Mailbox> = {}): readonly Call[] {
    const mailbox: Mailbox = {
      tenantId: "t",
      objectId: "o",
      mailAddress: "a@acme.example",
      settings,
      ...changes,
    };
    return this.tell({ kind: "statusChanged", to, transition: ++this.#transitions, mailbox });
  }

  tell(input: Input): readonly Call[] {
    return this.when(input).calls;
  }

  get active(): ActiveState {
    if (this.state.kind !== "active") throw new Error(`not active but ${this.state.kind}`);
    return this.state;
  }

  dueAt(name: string): EpochMs | undefined {
    return timersOf(this.state).find((timer) => timer.name === name)?.dueAt;
  }

  /** Moves to the timer's time and fires it. */
  fire(name: "sync" | "sweep" | "retry"): readonly Call[] {
    const dueAt = this.dueAt(name);
    if (dueAt === undefined) throw new Error(`no timer ${name}`);
    this.now = dueAt;
    return this.tell({ kind: "timerFired", timer: name });
  }

  /** Answers the read under way with a last page. */
  page(
    events: readonly EventSighting[] = [],
    next: Extract<Input, { kind: "pageRead" }>["next"] = { kind: "delta", link: "d1" },
  ) {
    const { round } = this.active;
    if (!round) throw new Error("no round");
    return this.tell({
      kind: "pageRead",
      roundStartedAt: round.startedAt,
      events,
      masters: [],
      mastersElsewhere: [],
      unread: [],
      next,
    });
  }

  applied(eventId: string, etag = "W/2", endsAt: EpochMs | null = plus(monday, days(2))): readonly Call[] {
    const decorated = { digest: "d", etag, endsAt };
    return this.tell({ kind: "eventHandled", eventId, result: "applied", reason: null, decorated });
  }

  changed(eventId = "e1", etag: string | null = null): readonly Call[] {
    return this.tell({ kind: "calendarChanged", eventId, etag });
  }

  fail(order: Call, failure: Partial<CallFailure>): readonly Call[] {
    const whole = { code: "unavailable", retryable: true, retryAt: null, status: 503, ...failure } as const;
    return this.tell({ kind: "callFailed", order, failure: whole });
  }
}

export const meeting = (eventId: string, changes: Partial<EventSighting> = {}): EventSighting => ({
  eventId,
  etag: "W/1",
  keywordAction: "personalRoom",
  type: "singleInstance",
  isOrganizer: true,
  cancelled: false,
  removed: false,
  marked: false,
  endsAt: plus(monday, days(2)),
  ...changes,
});

export const idle = (): Driven => {
  const user = new Driven();
  user.status("active");
  user.page();
  return user;
};
