import {
  type AdminCommand,
  adminCommands,
  adminCommandValue,
  type OrderTerms,
  type PeopleFinding,
  type PeopleSource,
  type PeopleSync,
  type PersonDetails,
  peopleFindings,
  peopleSync,
  syncKey,
  syncOrders,
  type UserDirectoryEntry,
  userDirectory,
  userOrderKey,
} from "@hybrid/contracts";
import { type ActorId, orgIdOf, userActor } from "@hybrid/kernel";
import { type OpenCall, TopologyDriver } from "@hybrid/runtime/testing";
import { fromRecord, openTexts } from "@hybrid/sealing";
import type { Call, GraphUserFacts, Input, PageRead, WorkspaceFacts } from "../src/domain/inputs.ts";
import type { WebexClaim } from "../src/domain/link.ts";
import type { State } from "../src/domain/state.ts";
import { directoryTopology } from "../src/topology.ts";
import { directoryTexts } from "../src/whose-texts.ts";

export const org = orgIdOf("acme");
export const tenantId = "10000000-0000-4000-8000-000000000001";
export const otherTenantId = "20000000-0000-4000-8000-000000000002";
export const objectId = (each: number): string => `a0000000-0000-4000-8000-${String(each).padStart(12, "0")}`;
export const personId = (each: number): string => `b0000000-0000-4000-8000-${String(each).padStart(12, "0")}`;
export const workspaceId = (each: number): string =>
  `c0000000-0000-4000-8000-${String(each).padStart(12, "0")}`;

export const webexClaim = (each: number, over: Partial<WebexClaim> = {}): WebexClaim => ({
  personId: personId(each),
  mailAddress: `user${each}@acme.example`,
  externalId: objectId(each),
  active: true,
  loginAllowed: true,
  messaging: true,
  ...over,
});

export const listed = (each: number, over: Partial<PersonDetails> = {}): PersonDetails => ({
  objectId: objectId(each),
  tenantId,
  mailAddress: `user${each}@acme.example`,
  connector: null,
  ...over,
});

/** What the sources hold at present; a run of a source tells all of it. */
export interface Sources {
  readonly graph: ReadonlyMap<string, readonly GraphUserFacts[]>;
  readonly domains: ReadonlyMap<string, readonly string[]>;
  readonly webex: readonly WebexClaim[];
  readonly workspaces: readonly WorkspaceFacts[];
}

/** A record as it was before its addresses were sealed. */
const inClear = (value: unknown): unknown => openTexts(fromRecord(value, directoryTexts));

/** The directory of one organisation, with sources that a test fills. */
export class DrivenDirectory {
  readonly driver = new TopologyDriver<State, Input, Call>(directoryTopology, { partitions: 3 });
  #seen = 0;

  /** An order about a user. */
  order(userId: string, command: AdminCommand, terms: OrderTerms = {}): void {
    const value = adminCommandValue(command, this.driver.now, terms);
    this.driver.publish(adminCommands, userOrderKey(org, userId), value);
  }

  put(userId: string, person: PersonDetails, enabled = true): void {
    this.order(userId, { kind: "putUser", person, enabled });
  }

  /** Orders a run and leaves its first call open. */
  sync(source: PeopleSource, { full = false, go = true } = {}): void {
    this.driver.publish(syncOrders, syncKey(org, source), { full, go, requestedAt: this.driver.now });
  }

  /** The one call under way. */
  get call(): OpenCall<Call> {
    const [open, ...others] = this.driver.openCalls();
    if (!open || others.length > 0) throw new Error(`${others.length + (open ? 1 : 0)} calls are open`);
    return open;
  }

  answer(page: PageRead): void {
    this.driver.answer(this.call.callId, page);
  }

  /** Answers every call by what the sources hold, page by page, until none is open. */
  run(sources: Partial<Sources>, pageSize = 100): void {
    while (this.driver.openCalls().length > 0) this.answer(this.#page(sources, pageSize));
  }

  #page(sources: Partial<Sources>, size: number): PageRead {
    const { call } = this.call;
    switch (call.kind) {
      case "readDomains":
        return { kind: "domainsRead", domains: sources.domains?.get(call.tenantId) ?? [] };
      case "readGraphUsers": {
        const users = sources.graph?.get(call.tenantId) ?? [];
        const start = call.link?.startsWith("page ") ? Number(call.link.slice(5)) : 0;
        const isLast = start + size >= users.length;
        const next = isLast
          ? ({ kind: "round", link: "round" } as const)
          : ({ kind: "page", link: `page ${start + size}` } as const);
        const page = users.slice(start, start + size);
        return { kind: "graphPageRead", users: page, removed: [], unusable: 0, next };
      }
      case "readWebexPeople": {
        const start = Number(call.cursor ?? 0);
        const people = sources.webex ?? [];
        const next = start + size >= people.length ? null : String(start + size);
        const page = people.slice(start, start + size);
        return { kind: "webexPageRead", people: page, unusable: 0, next, newest: null, oldest: null };
      }
      case "readWorkspaces":
        return { kind: "workspacesRead", workspaces: sources.workspaces ?? [], next: null };
      default: {
        const actors = this.driver.actors(call.prefix, call.after, size);
        return {
          kind: "actorsListed",
          actors,
          next: actors.length === size ? (actors.at(-1) ?? null) : null,
        };
      }
    }
  }

  /** A whole run of each source that is named. */
  syncAll(sources: Partial<Sources>, order: readonly PeopleSource[], pageSize?: number): void {
    for (const source of order) {
      this.sync(source, { full: true });
      this.run(sources, pageSize);
    }
  }

  #latest<Value>(topic: string): ReadonlyMap<string, Value> {
    const latest = new Map<string, Value>();
    for (const { topic: name, key, value } of this.driver.emitted)
      if (name === topic) {
        if (value === null) latest.delete(key);
        else latest.set(key, inClear(value) as Value);
      }
    return latest;
  }

  /** Users at present, by user id; removed ones are left out. */
  users(): ReadonlyMap<string, UserDirectoryEntry> {
    const entries = [...this.#latest<UserDirectoryEntry>(userDirectory.name)];
    return new Map(
      entries
        .filter(([, { removed }]) => !removed)
        .map(([key, entry]) => [key.slice(`${org}/u-`.length), entry]),
    );
  }

  /** Records of a user, oldest first. */
  records(userId: string): readonly UserDirectoryEntry[] {
    const key: ActorId = userActor(org, userId);
    return this.driver.emitted
      .filter((each) => each.topic === userDirectory.name && each.key === key)
      .map(({ value }) => inClear(value) as UserDirectoryEntry);
  }

  /** Findings at present, by `object-<id>`, `webex-<id>`, `workspace-<id>`. */
  findings(): ReadonlyMap<string, PeopleFinding> {
    const found = [...this.#latest<PeopleFinding>(peopleFindings.name)];
    return new Map(found.map(([key, value]) => [key.slice(`${org}/o/`.length), value]));
  }

  /** Codes of findings at present, by the same keys. */
  codes(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.findings()].map(([key, { codes }]) => [key, codes]));
  }

  /** The report of a source. */
  report(source: PeopleSource): PeopleSync | undefined {
    return this.#latest<PeopleSync>(peopleSync.name).get(syncKey(org, source));
  }

  /** Records of users and findings since the last look. */
  news(): number {
    const all = this.driver.emitted.filter(({ topic }) =>
      [userDirectory.name, peopleFindings.name].includes(topic),
    ).length;
    const before = this.#seen;
    this.#seen = all;
    return all - before;
  }
}
