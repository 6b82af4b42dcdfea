import { z } from "zod";
import { checked, WebexFault } from "../answers.ts";
import { Booking, bookingStatus, ListArguments, listed } from "./bookings.ts";
import type { SimulatedDevice } from "./device.ts";

/** What a command is sent with. */
export interface CommandInput {
  readonly arguments: unknown;
  readonly body: unknown;
}

type Command = (device: SimulatedDevice, input: CommandInput, now: number) => Record<string, unknown>;

const nothing = z.strictObject({}).optional();
const byId = z.strictObject({ Id: z.string().min(1).max(128) });
const PutBody = z.strictObject({ Bookings: z.array(Booking).max(1_000) });

const commands: Readonly<Record<string, Command>> = {
  "bookings.put": (device, input) => {
    checked(nothing, input.arguments);
    const { Bookings } = checked(PutBody, input.body);
    if (new Set(Bookings.map(({ Id }) => Id)).size < Bookings.length)
      throw new WebexFault(400, "Two bookings have the same Id.");
    device.bookings = Bookings;
    return {};
  },
  "bookings.clear": (device, input) => {
    checked(nothing, input.arguments);
    device.bookings = [];
    return {};
  },
  "bookings.delete": (device, input) => {
    const { Id } = checked(byId, input.arguments);
    if (!device.bookings.some((booking) => booking.Id === Id))
      throw new WebexFault(400, "The device has no such booking.");
    device.bookings = device.bookings.filter((booking) => booking.Id !== Id);
    return {};
  },
  "bookings.list": (device, input, now) =>
    listed(device.bookings, checked(ListArguments, input.arguments ?? {}), now),
};

/** Runs a command on a device; names ignore case. */
export const runCommand = (
  device: SimulatedDevice,
  name: string,
  input: CommandInput,
  now: number,
): Record<string, unknown> => {
  const command = commands[name.toLowerCase()];
  if (!command)
    throw new WebexFault(501, `The command ${name} is not simulated.`, ["SimulatorNotImplemented"]);
  return command(device, input, now);
};

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What of a tree lies under the words of an expression; `*` is any name. Undefined when nothing does. */
const under = (tree: unknown, [word, ...rest]: readonly string[]): unknown => {
  if (word === undefined) return tree;
  if (!isTree(tree)) return undefined;
  const found = Object.entries(tree)
    .filter(([name]) => word === "*" || name.toLowerCase() === word.toLowerCase())
    .map(([name, value]) => [name, under(value, rest)] as const)
    .filter(([, value]) => value !== undefined);
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

const merged = (one: unknown, other: unknown): unknown =>
  isTree(one) && isTree(other)
    ? Object.fromEntries(
        [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => [
          name,
          merged(one[name], other[name]),
        ]),
      )
    : (other ?? one);

/** What a device says about itself, for expressions such as `Bookings.Current.Id` and `Audio.*`. */
export const statusOf = (device: SimulatedDevice, expressions: readonly string[], now: number): unknown => {
  const tree = { ...device.status, Bookings: bookingStatus(device.bookings, now) };
  return expressions
    .map((expression) => under(tree, expression.trim().split(/[. ]+/)) ?? {})
    .reduce<unknown>((all, one) => merged(all, one), {});
};
