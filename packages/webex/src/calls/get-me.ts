import { askJson, type Exchange } from "../http/exchange.ts";
import { Person } from "../models/person.ts";

/** GET /v1/people/me: whom the access token belongs to. Rejects with ProviderError. */
export const getMe = async (exchange: Exchange, signal: AbortSignal): Promise<Person> =>
  await askJson(exchange, { route: "/v1/people/me", schema: Person }, signal);
