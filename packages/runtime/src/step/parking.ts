import type { Parked, ParkedInput, ParkedReason, Parking, PendingCall } from "@hybrid/contracts";

/** Bounds what is kept with a parked actor. */
export interface ParkingLimits {
  readonly parkedInputsMax: number;
  readonly recordBytesMax: number;
}

/** What an actor's record holds besides its parked inputs. */
interface Holder {
  readonly stateJson: string;
  readonly pending: readonly PendingCall[];
  readonly parked: Parked | null;
}

/** More than what Avro adds to the texts of a record, reason and suppressed timers included. */
const recordBytesMargin = 4 * 1024;
const inputBytesMargin = 64;

const inputBytes = ({ origin, payload }: ParkedInput): number =>
  Buffer.byteLength(payload) + Buffer.byteLength(origin.name) + inputBytesMargin;

const sum = <Item>(items: readonly Item[], bytesOf: (item: Item) => number): number =>
  items.reduce((bytes, item) => bytes + bytesOf(item), 0);

/** Bytes that the inputs of a parked actor add to its record, at most. */
export const parkedBytes = (parked: Parked | null): number => (parked ? sum(parked.inputs, inputBytes) : 0);

/** Whether the actor's record can take one more input: by number, and by bytes of the whole record. */
export const hasRoom = (
  { stateJson, pending, parked }: Holder,
  input: ParkedInput,
  limits: ParkingLimits,
) => {
  const inputs = parked?.inputs ?? [];
  if (inputs.length >= limits.parkedInputsMax) return false;
  const bytes =
    recordBytesMargin +
    Buffer.byteLength(stateJson) +
    sum(pending, ({ call }) => Buffer.byteLength(call) + inputBytesMargin) +
    sum(inputs, inputBytes) +
    inputBytes(input);
  return bytes <= limits.recordBytesMax;
};

/** What is left when the first `count` inputs have been taken; null: nothing, and the actor is free. */
export const withoutFirst = (parked: Parked, count: number): Parked | null => {
  const inputs = parked.inputs.slice(count);
  return inputs.length === 0 ? null : { ...parked, inputs };
};

const reasonFields = ({ cause, reason, since, overflowed }: ParkedReason): ParkedReason => ({
  cause,
  reason,
  since,
  overflowed,
});

/** What a journal record says of a change; the reason stays that of the time before when nothing is left. */
export const parkingOf = (
  before: Parked | null,
  after: Parked | null,
  change: { readonly taken: number; readonly kept: ParkedInput | null },
): Parking | null => {
  const known = after ?? before;
  return known && { ...reasonFields(known), ...change, left: after?.inputs.length ?? 0 };
};

/** Applies what a journal record says to what came before it. */
export const parkedAfter = (before: Parked | null, parking: Parking | null): Parked | null => {
  if (parking === null || parking.left === 0) return null;
  const left = (before?.inputs ?? []).slice(parking.taken);
  return { ...reasonFields(parking), inputs: parking.kept ? [...left, parking.kept] : left };
};
