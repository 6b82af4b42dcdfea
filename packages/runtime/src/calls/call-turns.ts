import type { OrgId } from "@hybrid/kernel";

/** Who is to start a call next. */
export interface Turn<Owner> {
  readonly org: OrgId;
  readonly owner: Owner;
}

/** For this many slots there is one more, which only those below their share may take. */
const slotsPerReserve = 2;

/**
 * Shares call slots among organisations, whose calls wait with their owners: deficit round robin in which
 * every call costs one. An organisation that has its share of the slots starts nothing more while another one
 * below its own waits; alone it may have all slots. Half as many more are kept for those that come when slow
 * calls of another one hold all: a second organisation has its share at once and does not wait for their
 * end.
 */
export class CallTurns<Owner> {
  readonly #slots: number;
  readonly #reserve: number;
  /** Whose calls wait, in the order of their turns; owners of one organisation take turns too. */
  readonly #waiting = new Map<OrgId, Set<Owner>>();
  readonly #running = new Map<OrgId, number>();
  #inFlight = 0;

  constructor(slots: number) {
    this.#slots = slots;
    this.#reserve = Math.floor(slots / slotsPerReserve);
  }

  /** Calls that run. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether any call waits. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The owner has calls of the organisation that wait. */
  add(org: OrgId, owner: Owner): void {
    const owners = this.#waiting.get(org);
    if (owners) owners.add(owner);
    else this.#waiting.set(org, new Set([owner]));
  }

  /** The owner has no calls of the organisation any more. */
  remove(org: OrgId, owner: Owner): void {
    const owners = this.#waiting.get(org);
    if (owners?.delete(owner) && owners.size === 0) this.#waiting.delete(org);
  }

  /** The owner has no calls any more. */
  withdraw(owner: Owner): void {
    for (const org of this.#waiting.keys()) this.remove(org, owner);
  }

  /** Whose turn it is, if a slot is free for it; it goes behind all others. */
  next(): Turn<Owner> | undefined {
    const org = this.#nextOrg();
    const owners = org === undefined ? undefined : this.#waiting.get(org);
    const first = owners?.values().next();
    if (org === undefined || !owners || !first || first.done) return undefined;
    const owner = first.value;
    this.#waiting.delete(org);
    this.#waiting.set(org, owners);
    owners.delete(owner);
    owners.add(owner);
    return { org, owner };
  }

  /** A call of the organisation has begun. */
  started(org: OrgId): void {
    this.#inFlight += 1;
    this.#running.set(org, this.#runningOf(org) + 1);
  }

  /** A call of the organisation has ended. */
  ended(org: OrgId): void {
    this.#inFlight -= 1;
    const left = this.#runningOf(org) - 1;
    if (left === 0) this.#running.delete(org);
    else this.#running.set(org, left);
  }

  #runningOf(org: OrgId): number {
    return this.#running.get(org) ?? 0;
  }

  #nextOrg(): OrgId | undefined {
    if (this.#inFlight >= this.#slots + this.#reserve) return undefined;
    const share = this.#share();
    // At most as many are passed over as calls run.
    for (const org of this.#waiting.keys()) if (this.#runningOf(org) < share) return org;
    if (this.#inFlight >= this.#slots) return undefined;
    return this.#waiting.keys().next().value;
  }

  /** What each of those that have calls here may have of the slots while another one waits. */
  #share(): number {
    let orgs = this.#waiting.size;
    for (const org of this.#running.keys()) if (!this.#waiting.has(org)) orgs += 1;
    return Math.max(1, Math.floor(this.#slots / Math.max(1, orgs)));
  }
}
