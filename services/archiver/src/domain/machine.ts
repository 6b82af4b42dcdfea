import { entityOf, instant, type Machine, stay, type Timer } from "@hybrid/kernel";
import { type Call, type Input, type InputOf, inputsOf, type State } from "./archive-state.ts";
import { connectorDueAt, stepConnector } from "./connector.ts";
import { eraserDueAt, isEraser, stepEraser } from "./eraser.ts";
import { mailboxDueAt, stepMailbox } from "./mailbox.ts";
import { stepRoom } from "./room.ts";
import { roomDueAt } from "./room-due.ts";
import { stepLog } from "./status-log.ts";

const isFor = <Actor extends keyof typeof inputsOf>(actor: Actor, input: Input): input is InputOf<Actor> =>
  (inputsOf[actor] as readonly string[]).includes(input.kind);

/**
 * The behaviour of the archive's actors: connectors read the feed, spaces know who was there and have items
 * rendered, mailboxes import, erasers remove. The id says which one it is.
 */
export const archiverMachine: Machine<State, Input, Call> = (state, input, now, self) => {
  const entity = entityOf(self);
  const item = self.split("/")[2];
  if (item === "log") {
    const log = state.kind === "log" ? state : null;
    return isFor("log", input) ? stepLog(log, input, now, self) : stay(state);
  }
  if (isEraser(self)) {
    const eraser = state.kind === "eraser" ? state : null;
    return isFor("eraser", input) ? stepEraser(eraser, input, now, self) : stay(state);
  }
  if (item === "catch-all" || entity.startsWith("u-")) {
    const mailbox = state.kind === "mailbox" ? state : null;
    return isFor("mailbox", input) ? stepMailbox(mailbox, input, now, self) : stay(state);
  }
  if (entity.startsWith("r-")) {
    const room = state.kind === "room" ? state : null;
    return isFor("room", input) ? stepRoom(room, input, now, self) : stay(state);
  }
  const connector = state.kind === "connector" ? state : null;
  return isFor("connector", input) ? stepConnector(connector, input, now, self) : stay(state);
};

const timer = (name: string, at: number | null): readonly Timer[] =>
  at === null || !Number.isFinite(at) ? [] : [{ name, dueAt: instant(Math.ceil(at)) }];

/** The timers that a state wants. */
export const timersOf = (state: State): readonly Timer[] => {
  switch (state.kind) {
    case "connector":
      return [...timer("round", connectorDueAt(state)), ...timer("publish", state.publishAt)];
    case "room":
      return [...timer("work", roomDueAt(state)), ...timer("report", state.reportAt)];
    case "mailbox":
      return timer("work", mailboxDueAt(state));
    case "eraser":
      return timer("work", eraserDueAt(state));
    case "log":
    case "none":
      return [];
  }
};
