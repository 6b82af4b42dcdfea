import { actorIdOf, orgOf, post } from "@hybrid/kernel";
import type { Hint, Input, Order } from "./inputs.ts";
import type { Moment } from "./moment.ts";

/**
 * The organisation knows whether groups are on, and the bot. A space of an organisation without groups is not
 * looked at, and nothing is kept of it.
 */
export const askedAbout = (hint: Hint, { self }: Moment): Order =>
  post<Input>(actorIdOf(`${orgOf(self)}/o`), { kind: "hintAsked", by: self, hint });
