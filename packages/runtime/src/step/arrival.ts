import type { InputOrigin, ParkedInput, PendingCall } from "@hybrid/contracts";
import type { ActorId, CallFailure, Timer } from "@hybrid/kernel";
import type { LogRecord } from "@hybrid/log";
import type { CallEnding, RawCall } from "../call.ts";
import type { ServiceFrame } from "../frame.ts";
import { jsonOf } from "./poison.ts";
import { closedJson, openedJson, openedValue, type Sealing } from "./sealed-parts.ts";
import { answerOf, upgradedPart } from "./service-code.ts";

/** What an input is made from; making it can fail, and is done again when a parked input is retried. */
export type Material =
  | {
      readonly kind: "input";
      readonly input: unknown;
      /** The state version of the release whose input it is; today's when undefined. */
      readonly version?: number | undefined;
    }
  | { readonly kind: "timer"; readonly timer: Timer }
  | { readonly kind: "failure"; readonly call: RawCall; readonly failure: CallFailure };

/** How much the inputs that follow from one input have told each other. */
export interface Chain {
  tells: number;
}

/** An input on its way to an actor. */
export interface Arrival {
  readonly to: ActorId;
  /** The actor's slot of the store, where it has been looked up. */
  readonly slot?: number | undefined;
  readonly origin: InputOrigin;
  readonly material: Material;
  readonly chain: Chain;
  /** The source record that it is. */
  readonly record?: LogRecord;
  /** The pending call that it is the outcome of. */
  readonly settles?: PendingCall;
}

/** A record's own position in its topic. */
export const originOf = (record: LogRecord): InputOrigin => ({
  kind: "record",
  name: record.topic,
  partition: record.partition,
  offset: record.offset,
});

/** What the outcome of a call is made from; `seal`: what seals texts that a handler has given in clear. */
export const materialOfOutcome = (
  ending: CallEnding,
  settles: PendingCall,
  seal: (input: unknown) => unknown,
): Material =>
  ending.kind === "ok"
    ? { kind: "input", input: seal(JSON.parse(ending.json)) }
    : { kind: "failure", call: JSON.parse(settles.call) as RawCall, failure: ending.failure };

/** What makes inputs. */
export interface ArrivalPlace extends Sealing {
  readonly frame: ServiceFrame;
}

/**
 * An input as its machine sees it, and its JSON as it is journaled, from before any code of the service has
 * had it in its hands.
 */
export interface Made {
  readonly input: unknown;
  readonly json: string;
}

/**
 * Makes the input, in today's version. Throws PoisonError when the topology cannot, or when JSON cannot hold
 * it.
 */
export const madeFrom = (place: ArrivalPlace, material: Material): Made => {
  const input = inputFrom(place, material);
  const plain = jsonOf(input, "the input");
  const json = closedJson(place, plain);
  // A sealed part that is new has its key from now on.
  return {
    input:
      place.keys && json !== plain ? openedJson(place, json) : openedValue(place, { value: input, json }),
    json,
  };
};

/** The arrival as it was before code of the service may have changed it. */
export const pristine = (arrival: Arrival, made: Made | undefined): Arrival =>
  made && arrival.material.kind === "input"
    ? { ...arrival, material: { kind: "input", input: JSON.parse(made.json) as unknown } }
    : arrival;

/** What is handed out is a copy: the material itself waits with the actor when the input cannot be taken. */
const inputFrom = (place: ArrivalPlace, material: Material): unknown => {
  const { frame } = place;
  const { topology } = frame;
  switch (material.kind) {
    case "input": {
      const { input, version } = material;
      if (version === undefined) return input;
      return upgradedPart(frame, "inputUpgrades", { stored: input, from: version });
    }
    case "timer":
      return answerOf("mapFailed", "the topology's timerFired function", () =>
        topology.timerFired({ ...material.timer }),
      );
    case "failure": {
      const call = openedJson(place, JSON.stringify(material.call)) as RawCall;
      return answerOf("mapFailed", "the topology's callFailed function", () =>
        topology.callFailed(call, { ...material.failure }),
      );
    }
  }
};

/**
 * The input as it waits with its parked actor, kept by a release of a state version. Throws PoisonError when
 * JSON cannot hold it.
 */
export const keptInput = (
  place: ArrivalPlace & { readonly at: number },
  { origin, material }: Arrival,
): ParkedInput => {
  const { kind: form } = material;
  const { at: keptAt } = place;
  const { stateVersion: version } = place.frame.topology;
  const kept = { origin, form, keptAt, version };
  if (form === "input")
    return {
      ...kept,
      version: material.version ?? version,
      payload: closedJson(place, jsonOf(material.input, "the input")),
    };
  if (form === "timer") return { ...kept, payload: JSON.stringify(material.timer) };
  const { call, failure } = material;
  return { ...kept, payload: JSON.stringify({ call, failure }) };
};

/** What a parked input is made from, as the release that kept it had it. */
export const materialOfKept = ({ form, payload }: ParkedInput): Material => {
  const parsed: unknown = JSON.parse(payload);
  switch (form) {
    case "input":
      return { kind: "input", input: parsed };
    case "timer":
      return { kind: "timer", timer: parsed as Timer };
    case "failure": {
      const { call, failure } = parsed as Omit<Extract<Material, { kind: "failure" }>, "kind">;
      return { kind: "failure", call, failure };
    }
  }
};

/** What a parked input is made from when it is retried. Throws PoisonError when its upgrade fails. */
export const upgradedMaterial = (frame: ServiceFrame, kept: ParkedInput): Material => {
  const material = materialOfKept(kept);
  const from = kept.version ?? frame.topology.stateVersion;
  switch (material.kind) {
    case "input":
      return { kind: "input", input: upgradedPart(frame, "inputUpgrades", { stored: material.input, from }) };
    case "failure": {
      const call = upgradedPart(frame, "callUpgrades", { stored: material.call, from }) as RawCall;
      return { ...material, call };
    }
    case "timer":
      return material;
  }
};
