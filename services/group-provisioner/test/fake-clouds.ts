import { type CallFailure, type EpochMs, plus } from "@hybrid/kernel";
import type { Call, FoundPerson, Input, Refusal } from "#domain/inputs";
import { knownOf, leftSince } from "#domain/known-people";

/** What somebody's accounts are like; `linked` alone may be in a group. */
export type Kind = "linked" | "external" | "noExternalId" | "notActive" | "guest" | "notInEntra";

const hex = (n: number): string => String(n).padStart(12, "0");
export const personUuid = (n: number): string => `aaaaaaaa-1111-4111-8111-${hex(n)}`;
const objectIdOf = (n: number): string => `bbbbbbbb-1111-4111-8111-${hex(n)}`;
export const teamUuid = "cccccccc-1111-4111-8111-000000000001";
const numberIn = (id: string): number => Number(id.slice(-12));

interface FakeGroup {
  readonly groupId: string;
  readonly members: Set<number>;
  readonly owners: Set<number>;
  readonly readyAt: EpochMs;
}

interface FakeEvent {
  readonly eventId: string;
  readonly change: "created" | "updated" | "deleted";
  readonly roomUuid: string;
  readonly personUuid: string;
  readonly isModerator: boolean;
  readonly at: EpochMs;
}

const failed = (code: CallFailure["code"]): CallFailure => ({
  code,
  retryable: false,
  retryAt: null,
  status: null,
});

/** Both clouds as plain facts: one team, its people and spaces, and the groups that were made. */
export class FakeClouds {
  readonly #kinds: readonly Kind[];
  readonly #siteDelayMs: number;
  /** Who is in the team, and whether as a moderator. */
  readonly team = new Map<number, boolean>();
  readonly rooms = [teamUuid];
  readonly groups = new Map<string, FakeGroup>();
  readonly links = new Map<string, string>();
  readonly #folders = new Map<string, string>();
  readonly #events: FakeEvent[] = [];
  /** What the group told since its creation, in order. */
  readonly #told: { readonly kind: "admit" | "expel" | "promote" | "demote"; readonly n: number }[] = [];
  cards = 0;
  /** Whether the delta link is lost at each look from now on; after the end none is. */
  losses: boolean[] = [];
  /** How often one was. */
  lost = 0;

  constructor(kinds: readonly Kind[], siteDelayMs: number, now: EpochMs) {
    this.#kinds = kinds;
    this.#siteDelayMs = siteDelayMs;
    this.join(0, true, now);
  }

  join(n: number, isModerator: boolean, now: EpochMs): void {
    if (this.team.has(n)) return;
    this.team.set(n, isModerator);
    this.#happened("created", n, now);
  }

  leave(n: number, now: EpochMs): void {
    const isModerator = this.team.get(n);
    if (isModerator === undefined || this.#isLastModerator(n)) return;
    this.team.delete(n);
    this.#happened("deleted", n, now);
  }

  /** A person of Webex makes somebody a moderator, or ends it. */
  setModerator(n: number, isModerator: boolean, now: EpochMs): void {
    if (this.team.get(n) === isModerator || !this.team.has(n)) return;
    if (!isModerator && this.#isLastModerator(n)) return;
    this.team.set(n, isModerator);
    this.#happened("updated", n, now);
  }

  /** An owner of the group takes somebody in. */
  addToGroup(n: number): void {
    const [group] = this.groups.values();
    if (!group || group.members.has(n) || this.#kinds[n] === "notInEntra") return;
    group.members.add(n);
    this.#told.push({ kind: "admit", n });
  }

  removeFromGroup(n: number): void {
    const [group] = this.groups.values();
    if (!group?.members.delete(n)) return;
    this.#told.push({ kind: "expel", n });
  }

  /** Carries a call out; what comes back is its outcome, or why it failed. */
  carryOut(call: Call, now: EpochMs): Input | CallFailure {
    const { kind, number } = call;
    if (kind === "readFeed") {
      const events = this.#events.filter(({ at }) => at >= call.from && at <= call.to);
      return { kind: "feedRead", number, events, until: call.to, isPartial: false };
    }
    if (kind === "listTeams") return { kind: "teamsListed", number, teams: [], next: null };
    if (kind === "checkPrerequisites") {
      const users = { seen: 0, linked: 0, unlinked: [] };
      return { kind: "prerequisitesChecked", number, checks: [], users, isConsentGone: false };
    }
    if (kind === "readSpace")
      return { kind: "spaceRead", number, teamUuid, title: "Build", ownerOrgUuid: null };
    return this.#ofTeam(call) ?? this.#ofGroup(call, now) ?? failed("unexpected");
  }

  #ofTeam(call: Call): Input | null {
    const { kind, number } = call;
    if (kind === "readTeam") return { kind: "teamRead", number, name: "Build", language: null };
    if (kind === "readPeople") {
      const key = (n: number): string => `${this.team.get(n) ? 0 : 1}${personUuid(n)}`;
      const left = [...this.team.keys()]
        .filter((n) => key(n) > call.after)
        .sort((a, b) => (key(a) < key(b) ? -1 : 1));
      const people = left.slice(0, call.limit).map((n): FoundPerson => this.#found(n));
      const last = left[call.limit - 1];
      const next = left.length > call.limit && last !== undefined ? key(last) : null;
      return { kind: "peopleRead", number, people, next };
    }
    if (kind === "validateNames") return { kind: "namesJudged", number, fault: null };
    if (kind === "listSpaces") {
      const spaces = this.rooms.map((roomUuid) => ({ roomUuid, title: "Build" }));
      return { kind: "spacesListed", number, spaces, next: null };
    }
    if (kind === "createFolder") {
      const itemId = this.#folders.get(call.name) ?? `item-${this.#folders.size}`;
      this.#folders.set(call.name, itemId);
      return { kind: "folderCreated", number, roomUuid: call.roomUuid, itemId, webUrl: "https://x.example/" };
    }
    if (kind === "linkFolder") {
      this.links.set(call.roomUuid, call.itemId);
      return { kind: "folderLinked", number, roomUuid: call.roomUuid };
    }
    if (kind === "postCard") {
      // The real one looks through the latest messages first.
      this.cards = 1;
      return { kind: "cardPosted", number };
    }
    return null;
  }

  #ofGroup(call: Call, now: EpochMs): Input | CallFailure | null {
    const { kind, number } = call;
    if (kind === "createGroup") {
      const colleagues = call.members.map(numberIn).filter((n) => this.#kinds[n] === "linked");
      const owners = call.owners.map(numberIn).filter((n) => colleagues.includes(n));
      if (owners.length === 0) return { kind: "groupCreated", number, groupId: null, refused: [] };
      const made: FakeGroup = this.groups.get(call.uniqueName) ?? {
        groupId: `dddddddd-1111-4111-8111-${hex(this.groups.size + 1)}`,
        members: new Set(colleagues),
        owners: new Set(owners),
        readyAt: plus(now, this.#siteDelayMs),
      };
      this.groups.set(call.uniqueName, made);
      return { kind: "groupCreated", number, groupId: made.groupId, refused: [] };
    }
    const group =
      "groupId" in call ? [...this.groups.values()].find((each) => each.groupId === call.groupId) : undefined;
    if (!group) return null;
    if (kind === "addMembers") {
      for (const n of call.members.map(numberIn)) if (this.#kinds[n] === "linked") group.members.add(n);
      return { kind: "membersAdded", number, refused: [] };
    }
    if (kind === "changeMember") return { kind: "memberChanged", number, refusal: this.#change(group, call) };
    if (kind === "readDrive") {
      const drive = now >= group.readyAt ? { driveId: "drive", webUrl: "https://x.example/lib" } : null;
      return { kind: "driveRead", number, drive };
    }
    if (kind === "readDelta") {
      if (call.link !== null && this.losses.shift() === true) {
        this.lost++;
        return failed("syncStateLost");
      }
      const from = call.link === null ? this.#told.length : Number(call.link);
      const told = this.#told.slice(from);
      const last = new Map(told.map((each) => [each.n, each.kind]));
      const ids = (wanted: string) =>
        [...last].flatMap(([n, what]) => (what === wanted ? [objectIdOf(n)] : []));
      const nothing = { promote: [], demote: [], isGone: false, isTooMuch: false };
      const link = String(this.#told.length);
      return { kind: "deltaRead", number, link, admit: ids("admit"), expel: ids("expel"), ...nothing };
    }
    if (kind === "reconcile") {
      const missing = [...group.members].filter((n) => !this.team.has(n)).map(objectIdOf);
      const present = [...group.members].map(objectIdOf);
      const left = leftSince(call.known ?? "", present);
      return {
        kind: "reconciled",
        number,
        missing,
        extras: [],
        next: null,
        left,
        present: knownOf(present, 2_000),
      };
    }
    return kind === "admit" || kind === "expel" ? this.#follow(group, call) : null;
  }

  #change(group: FakeGroup, call: Extract<Call, { readonly kind: "changeMember" }>): Refusal | null {
    const n = numberIn(call.personUuid);
    if (call.becomes === "owner" || call.becomes === "in") {
      if (this.#kinds[n] !== "linked") return null;
      group.members.add(n);
      if (call.becomes === "owner") group.owners.add(n);
      return null;
    }
    if (group.owners.has(n) && group.owners.size === 1) return "lastOwner";
    group.owners.delete(n);
    if (call.becomes === "gone") group.members.delete(n);
    return null;
  }

  #follow(group: FakeGroup, call: Extract<Call, { readonly kind: "admit" | "expel" | "moderate" }>): Input {
    const refused: { person: string; reason: Refusal }[] = [];
    const done: string[] = [];
    for (const objectId of call.objectIds) {
      const n = numberIn(objectId);
      if (call.kind === "admit" && group.members.has(n)) {
        if (this.#kinds[n] !== "linked") {
          refused.push({ person: objectId, reason: "guest" });
          continue;
        }
        if (!this.team.has(n)) this.team.set(n, false);
      }
      if (call.kind === "expel" && this.#isLastModerator(n)) {
        refused.push({ person: objectId, reason: "lastModerator" });
        continue;
      }
      if (call.kind === "expel") this.team.delete(n);
      done.push(objectId);
    }
    return { kind: "followed", number: call.number, call: call.kind, done, refused };
  }

  #found(n: number): FoundPerson {
    const kind = this.#kinds[n] ?? "external";
    const refusal = kind === "external" || kind === "noExternalId" || kind === "notActive" ? kind : null;
    const isModerator = this.team.get(n) ?? false;
    return {
      personUuid: personUuid(n),
      isModerator,
      objectId: refusal === null ? objectIdOf(n) : null,
      refusal,
    };
  }

  #isLastModerator(n: number): boolean {
    const moderators = [...this.team].filter(([, isModerator]) => isModerator);
    return moderators.length === 1 && moderators[0]?.[0] === n;
  }

  #happened(change: FakeEvent["change"], n: number, at: EpochMs): void {
    this.#events.push({
      eventId: `event-${this.#events.length}`,
      change,
      roomUuid: teamUuid,
      personUuid: personUuid(n),
      isModerator: this.team.get(n) ?? false,
      at,
    });
  }
}
