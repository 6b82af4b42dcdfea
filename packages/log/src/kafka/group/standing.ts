import { type Cancel, plus, type Scheduler } from "@hybrid/kernel";
import type { GroupLogger } from "./group-settings.ts";

/** A member that has had nothing for this long says once what it waits for. */
const patienceMs = 5_000;

/** What a member without partitions waits for: kept for those who ask, and said once when it takes long. */
export class Standing {
  readonly #scheduler: Scheduler;
  readonly #logger: GroupLogger;
  readonly #service: string;
  #waitsFor: string | null = null;
  #isSaid = false;
  #cancel: Cancel | null = null;

  constructor(scheduler: Scheduler, logger: GroupLogger, service: string) {
    this.#scheduler = scheduler;
    this.#logger = logger;
    this.#service = service;
  }

  /** One sentence's end, behind "waits for"; null when it waits for nothing. */
  get waitsFor(): string | null {
    return this.#waitsFor;
  }

  waits(what: string): void {
    this.#waitsFor = what;
    if (this.#isSaid) return;
    this.#cancel ??= this.#scheduler.at(plus(this.#scheduler.now(), patienceMs), () => this.#say());
  }

  /** It has what the group has for it, or is out. */
  settled(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#isSaid) this.#logger.info({ service: this.#service }, "this member need not wait any longer");
    this.#isSaid = false;
    this.#waitsFor = null;
  }

  #say(): void {
    this.#cancel = null;
    this.#isSaid = true;
    this.#logger.warn(
      { service: this.#service, waitsFor: this.#waitsFor },
      `this member has no partition and waits for ${this.#waitsFor}`,
    );
  }
}
