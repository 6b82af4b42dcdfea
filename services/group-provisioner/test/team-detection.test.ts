import { readFileSync } from "node:fs";
import { join } from "node:path";
import { groupCommands, groupCommandValue } from "@hybrid/contracts";
import {
  actorIdOf,
  instant,
  type Machine,
  minutes,
  ProviderError,
  seconds,
  type Topology,
} from "@hybrid/kernel";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { Room, WebexEvent, Team as WebexTeam } from "@hybrid/webex";
import { expect, test } from "vitest";
import { meaningOf } from "#domain/events";
import type { Call, Input } from "#domain/inputs";
import type { MembershipEvent, State } from "#domain/state";
import { readFeed } from "../src/adapters/feed-handlers.ts";
import type { WebexPorts } from "../src/adapters/ports.ts";
import { readSpace, readTeam } from "../src/adapters/space-handlers.ts";
import { groupTopology } from "../src/topology.ts";

// A published description of what the events of a new team look like; set HYBRID_CONTRACTS_DIR to run it.
const folder = process.env["HYBRID_CONTRACTS_DIR"];
const file = folder ? join(folder, "webex-team-detection-scenario.json") : null;

interface Step {
  readonly name: string;
  readonly event: { readonly created: string };
  readonly get?: Readonly<Record<string, { readonly status: number; readonly body: object }>>;
  readonly expect: readonly string[];
}

interface Scenario {
  readonly get: NonNullable<Step["get"]>;
  readonly steps: readonly Step[];
}

const never = new AbortController().signal;
const notFound = new ProviderError("not found", { code: "notFound", retryable: false, status: 404 });

/** A Webex that answers what the scenario says, and 404 to everything else. */
const fakeWebex = (answers: Map<string, { readonly status: number; readonly body: object }>): WebexPorts => {
  const get = <Item>(path: string, schema: { parse(body: unknown): Item }): Item => {
    const uuid = path.split("/").at(-1) ?? "";
    const same = [...answers].find(([known]) => unpadded(known) === unpadded(path));
    if (!same || same[1].status !== 200) throw notFound;
    expect(uuid).not.toBe("");
    return schema.parse(same[1].body);
  };
  return {
    getRoom: async (id: string) => get(`/rooms/${id}`, Room),
    getTeam: async (id: string) => get(`/teams/${id}`, WebexTeam),
    getMe: async () => ({ id: "me", orgId: undefined }),
  } as unknown as WebexPorts;
};
const unpadded = (text: string): string => text.replaceAll("=", "");

const wordOf = (event: MembershipEvent): string => {
  const meaning = meaningOf(event);
  if (meaning.kind === "add") return `add ${meaning.as} ${event.personUuid}`;
  if (meaning.kind === "remove") return `remove member ${event.personUuid}`;
  return `owner→${meaning.as} ${event.personUuid} (policy)`;
};

/** The topology, and what its teams decided: each event that reached one, and each team that was found. */
const watched = (): { readonly topology: Topology<State, Input, Call>; readonly decisions: Set<string> } => {
  // A set: the driver takes every step twice, to find out what is not pure.
  const decisions = new Set<string>();
  const plain = groupTopology();
  const machine: Machine<State, Input, Call> = (state, input, now, self) => {
    const step = plain.machine(state, input, now, self);
    if (step.state.kind !== "team") return step;
    if (state.kind === "looking") {
      decisions.add(`provision team ${step.state.teamUuid}`);
      for (const event of state.events) decisions.add(wordOf(event));
    } else if (input.kind === "membershipNoticed") decisions.add(wordOf(input.event));
    return step;
  };
  return { topology: { ...plain, machine }, decisions };
};

test.skipIf(file === null)(
  "the published scenario of a team's detection: every step decides what it says",
  async () => {
    const scenario = JSON.parse(readFileSync(file!, "utf8")) as Scenario;
    const { topology, decisions } = watched();
    const startAt = instant(Date.parse(scenario.steps[0]!.event.created) - minutes(1));
    const driver = new TopologyDriver(topology, { startAt });
    const answers = new Map(Object.entries(scenario.get));
    const webex = fakeWebex(answers);
    const organisation = actorIdOf("acme/o");
    const order = (command: Parameters<typeof groupCommandValue>[0]): void =>
      driver.publish(groupCommands, organisation, groupCommandValue(command, driver.now));
    const options = {
      tenantId: "11111111-1111-4111-8111-111111111111",
      webexOrgUuid: "0a0a0a0a-1111-4111-8111-000000000001",
      mode: "everyTeam",
      visibility: "private",
      welcomeMail: false,
      namePrefix: "",
      nameSuffix: "",
      language: null,
      botPersonUuid: null,
    } as const;
    order({ kind: "configure", options });
    order({ kind: "authorise" });
    order({ kind: "enable" });

    /** Answers what is asked of Webex; the event is in the first feed that is read. */
    const work = async (event: object | null): Promise<void> => {
      let left = event;
      for (let rounds = 0; rounds < 20; rounds++)
        for (const { callId, call } of driver.openCalls()) {
          const failed = { code: "notFound", retryable: false, retryAt: null, status: 404 } as const;
          const end = async (work: Promise<Input>): Promise<void> => {
            try {
              driver.answer(callId, await work);
            } catch (error) {
              if (error !== notFound) throw error;
              driver.fail(callId, failed);
            }
          };
          if (call.kind === "readFeed") {
            const items = left === null ? [] : [WebexEvent.parse(left)];
            left = null;
            const page = {
              listEvents: async function* () {
                yield { items, unusable: [] };
              },
            };
            await end(readFeed({ ...webex, ...page }, call, never));
          } else if (call.kind === "readSpace") await end(readSpace(webex, call, never));
          else if (call.kind === "readTeam") await end(readTeam(webex, call, never));
          else if (call.kind === "listTeams")
            driver.answer(callId, { kind: "teamsListed", number: call.number, teams: [], next: null });
          else if (call.kind === "checkPrerequisites") {
            const users = { seen: 0, linked: 0, unlinked: [] };
            const found = { checks: [], users, isConsentGone: false };
            driver.answer(callId, { kind: "prerequisitesChecked", number: call.number, ...found });
          }
        }
      expect(left).toBeNull();
    };

    /** What a step has come to, in the scenario's words. */
    const decided = ({ expect: wanted }: Step): readonly string[] => {
      const waiting = driver.stateOf(actorIdOf("acme/r-0d9185d0-82be-11eb-a24f-d311d66c060c"));
      const keeps = waiting.kind === "looking" && waiting.events.length === 1 && waiting.tryAt > driver.now;
      if (wanted[0] === "retry later, keep cursor") return keeps ? [wanted[0], ...decisions] : [...decisions];
      const team = driver.stateOf(actorIdOf("acme/r-46204850-82be-11eb-bdbe-3b2ac15fe689"));
      const isUnnamed =
        team.kind === "team" &&
        team.name === null &&
        team.group === null &&
        team.tryAt > driver.now &&
        !JSON.stringify(team).includes("eyJhbGciOiIi");
      return wanted[0]?.startsWith("do not name the group") && isUnnamed ? [wanted[0]] : [...decisions];
    };

    await work(null);
    for (const step of scenario.steps) {
      for (const [path, answer] of Object.entries(step.get ?? {})) answers.set(path, answer);
      decisions.clear();
      const at = Date.parse(step.event.created) + minutes(2);
      driver.advanceBy(Math.max(seconds(31), at - driver.now));
      await work(step.event);
      expect([step.name, decided(step)]).toEqual([step.name, step.expect]);
    }
  },
);
