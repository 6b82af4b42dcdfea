import { askJson, type Exchange } from "../http/exchange.ts";
import { Person } from "../models/person.ts";

/** GET /v1/people/{personId}: a person. Rejects with ProviderError. */
export const getPerson = async (exchange: Exchange, personId: string, signal: AbortSignal): Promise<Person> =>
  await askJson(exchange, { route: "/v1/people/{personId}", params: { personId }, schema: Person }, signal);
