import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";
import { id } from "../models/item.ts";

/** What to ask a device for, for example `Bookings.Current.Id`. */
export interface QueryStatus {
  readonly deviceId: string;
  readonly name: string;
}

/** What a device answered, as a tree of its status. */
export interface StatusResult {
  readonly deviceId: string;
  readonly result: Readonly<Record<string, unknown>>;
}

const Result = z.object({ deviceId: id, result: z.record(z.string(), z.unknown()).default({}) });

/** GET /v1/xapi/status. Rejects with ProviderError, also when the device is not connected. */
export const queryStatus = async (
  exchange: Exchange,
  { deviceId, name }: QueryStatus,
  signal: AbortSignal,
): Promise<StatusResult> => {
  const ask = { route: "/v1/xapi/status", query: { deviceId, name }, schema: Result };
  return await askJson(exchange, ask, signal);
};
