import { peopleFindings } from "@hybrid/contracts";
import { type ActorId, type Effect, type EpochMs, emit, type Step, stay, tell } from "@hybrid/kernel";
import { addressActor, ownId } from "./actor-names.ts";
import type { Call, Input, Told } from "./inputs.ts";
import { normalAddress } from "./mail-address.ts";
import { initial, type State, type Workspace } from "./state.ts";

type DirectoryStep = Step<State, Input, Call>;
type Effects = readonly Effect<Input, Call>[];

/** The inputs of workspaces. */
export type WorkspaceInput =
  | Extract<Told, { readonly kind: "workspaceSeen" | "workspacePlaced" }>
  | { readonly kind: "workspaceGone" };

const claim = (mailAddress: string, claims: boolean, self: ActorId): Effects => {
  const normal = normalAddress(mailAddress);
  if (normal === null) return [];
  const input: Input = { kind: "workspaceClaims", workspaceId: ownId(self), claims, normal };
  return [tell(addressActor(self, normal), input)];
};

const report = ({ clashes, mailAddress }: Workspace, self: ActorId, now: EpochMs): Effect<Input, Call> =>
  clashes
    ? emit(peopleFindings, self, {
        codes: ["addressTakenByUser"],
        mailAddress,
        userId: null,
        objectId: null,
        webexPersonId: null,
        workspaceId: ownId(self),
        at: now,
      })
    : { kind: "emit", topic: peopleFindings.name, key: self, value: null };

/** An input of a workspace: it claims the address of its calendar, and reports when it has to share it. */
export const stepWorkspace = (
  before: Workspace | null,
  input: WorkspaceInput,
  { self, now }: { readonly self: ActorId; readonly now: EpochMs },
): DirectoryStep => {
  if (input.kind === "workspaceSeen") {
    const { mailAddress, round } = input;
    if (before?.mailAddress === mailAddress)
      return stay(before.round === round ? before : { ...before, round });
    const left = before ? claim(before.mailAddress, false, self) : [];
    const clashes = before?.clashes ?? false;
    const state: Workspace = { kind: "workspace", mailAddress, round, clashes };
    return { state, effects: [...left, ...claim(mailAddress, true, self)] };
  }
  if (before === null) return stay(initial);
  if (input.kind === "workspaceGone")
    return {
      state: initial,
      effects: [
        ...claim(before.mailAddress, false, self),
        ...(before.clashes ? [report({ ...before, clashes: false }, self, now)] : []),
      ],
    };
  if (before.clashes === input.clashes) return stay(before);
  const state = { ...before, clashes: input.clashes };
  return { state, effects: [report(state, self, now)] };
};
