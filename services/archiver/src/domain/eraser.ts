import { archiveErasures } from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  call,
  emit,
  entityOf,
  explicitPartitionOf,
  instant,
  orgOf,
  post,
  type Step,
  tell,
} from "@hybrid/kernel";
import type { Call, Eraser, Input, InputOf, Room, State } from "./archive-state.ts";
import { contentOf } from "./connector.ts";
import { backoffMs } from "./numbers.ts";

type EraserStep = Step<State, Input, Call>;

/** Spaces of one page, and messages of one order. */
const spacesMax = 50;
const contentsMax = 100;

/** The next order: what was found is removed before more spaces are asked. */
const goOn = (eraser: Eraser, now: number, self: ActorId): EraserStep => {
  if (eraser.call !== null || eraser.asked > 0 || now < eraser.notBefore)
    return { state: eraser, effects: [] };
  const number = eraser.calls + 1;
  const ordered = { ...eraser, calls: number, call: number };
  const contents = eraser.contents.slice(0, contentsMax);
  if (contents.length > 0)
    return { state: ordered, effects: [call<Call>({ kind: "deleteContent", number, contents })] };
  if (!eraser.isListed) {
    const { after } = eraser;
    return { state: ordered, effects: [call<Call>({ kind: "listSpaces", number, after, limit: spacesMax })] };
  }
  const { orderId, spaces, removed } = eraser;
  const told = emit(archiveErasures, self, { orderId, spaces, contents: removed, at: now });
  return { state: { kind: "none" }, effects: [told] };
};

/** Mailboxes are where their people are, so one of the erasers tells them. */
const toMailboxes = (ids: readonly string[], self: ActorId): EraserStep["effects"] =>
  explicitPartitionOf(self) === 0
    ? ids.map((id) => post<Input>(actorIdOf(`${orgOf(self)}/u-${id}`), { kind: "mailboxErased" }))
    : [];

/** Whether an actor is the eraser of one person in one partition. */
export const isEraser = (self: ActorId): boolean =>
  entityOf(self).startsWith("u-") && explicitPartitionOf(self) !== undefined;

const begun = ({ orderId, ids }: Extract<Input, { readonly kind: "erased" }>, calls: number): Eraser => ({
  kind: "eraser",
  orderId,
  ids,
  after: null,
  isListed: false,
  asked: 0,
  contents: [],
  spaces: 0,
  removed: 0,
  call: null,
  calls,
  notBefore: 0,
  failures: 0,
});

type Outcome = Extract<InputOf<"eraser">, { readonly number: number }>;

/** The call under way has ended; one that another erasure ordered is nothing any more. */
const onOutcome = (eraser: Eraser, input: Outcome, now: number, self: ActorId): EraserStep => {
  if (eraser.call !== input.number) return { state: eraser, effects: [] };
  const answered: Eraser = { ...eraser, call: null, failures: 0, notBefore: 0 };
  switch (input.kind) {
    case "spacesListed": {
      const { spaces, isLast } = input;
      const asking = spaces.map((space) =>
        tell<Input>(space, { kind: "contentsAsked", ids: eraser.ids, by: self }),
      );
      const state: Eraser = {
        ...answered,
        asked: spaces.length,
        spaces: eraser.spaces + spaces.length,
        after: spaces.at(-1) ?? eraser.after,
        isListed: isLast,
      };
      const step = goOn(state, now, self);
      return { ...step, effects: [...asking, ...step.effects] };
    }
    case "contentDeleted": {
      const gone = new Set(input.contents);
      const contents = eraser.contents.filter((each) => !gone.has(each));
      return goOn({ ...answered, contents, removed: eraser.removed + gone.size }, now, self);
    }
    case "callFailed": {
      const failures = eraser.failures + 1;
      const notBefore = Math.max(input.failure.retryAt ?? 0, now + backoffMs(failures));
      return { state: { ...answered, failures, notBefore }, effects: [] };
    }
  }
};

/**
 * Removes what one partition's spaces have of a person in the archive's own store: all spaces are asked, page
 * by page, and what they name is deleted. It begins again when it is ordered again.
 */
export const stepEraser = (
  known: Eraser | null,
  input: InputOf<"eraser">,
  now: number,
  self: ActorId,
): EraserStep => {
  if (input.kind === "erased") {
    const step = goOn(begun(input, known?.calls ?? 0), now, self);
    return { ...step, effects: [...toMailboxes(input.ids, self), ...step.effects] };
  }
  if (known === null) return { state: { kind: "none" }, effects: [] };
  if (input.kind === "timerFired") return goOn(known, now, self);
  if (input.kind !== "contentsNamed") return onOutcome(known, input, now, self);
  const contents = [...known.contents, ...input.contents];
  return goOn({ ...known, asked: known.asked - 1, contents }, now, self);
};

/** What a space has of messages that these people wrote, by its place in the store. */
export const contentsOf = ({ queue, handed }: Room, ids: readonly string[]): readonly string[] => [
  ...new Set(
    [...queue, ...handed]
      .filter(({ item }) => ids.includes(item.personId))
      .map(({ item, run }) => contentOf(item.eventId, run)),
  ),
];

/** When an eraser wants to be woken. */
export const eraserDueAt = ({ call: underWay, asked, notBefore }: Eraser): number | null =>
  underWay === null && asked === 0 ? instant(notBefore) : null;
