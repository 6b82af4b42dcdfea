import { randomUUID } from "node:crypto";
import type { Group } from "./group.ts";
import { type Waiters, waiters } from "./waiters.ts";

/** What all logs of one file share within this process. */
export interface Coordinator {
  /** Names this process as the holder of groups, against other processes. */
  readonly holder: string;
  readonly waiters: Waiters;
  readonly groups: Map<string, Group>;
  /** How many members are about to join a group, by service. */
  readonly joining: Map<string, number>;
  /** How many logs of this process have the file open. */
  users: number;
}

const coordinators = new Map<string, Coordinator>();

const coordinator = (): Coordinator => ({
  holder: randomUUID(),
  waiters: waiters(),
  groups: new Map(),
  joining: new Map(),
  users: 0,
});

/** Enters the coordinator of a file; every log in memory has one of its own. */
export const enterCoordinator = (file: string): Coordinator => {
  const shared = (file === ":memory:" ? undefined : coordinators.get(file)) ?? coordinator();
  if (file !== ":memory:") coordinators.set(file, shared);
  shared.users++;
  return shared;
};

/** Leaves it; returns true for the last one. */
export const leaveCoordinator = (file: string, shared: Coordinator): boolean => {
  shared.users--;
  if (shared.users > 0) return false;
  if (coordinators.get(file) === shared) coordinators.delete(file);
  return true;
};
