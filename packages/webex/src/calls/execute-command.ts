import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";
import { id } from "../models/item.ts";

/** A command of a device, for example `Bookings.Put`. */
export interface ExecuteCommand {
  readonly command: string;
  readonly deviceId: string;
  readonly arguments?: object | undefined;
  /** What commands with many lines take besides arguments. */
  readonly body?: object | undefined;
}

/** What a device answered: whatever the command defines. */
export interface CommandResult {
  readonly deviceId: string;
  readonly result: Readonly<Record<string, unknown>>;
}

const Result = z.object({ deviceId: id, result: z.record(z.string(), z.unknown()).default({}) });

/** POST /v1/xapi/command/{command}. Rejects with ProviderError, also when the device is not connected. */
export const executeCommand = async (
  exchange: Exchange,
  { command, ...body }: ExecuteCommand,
  signal: AbortSignal,
): Promise<CommandResult> => {
  const route = "/v1/xapi/command/{command}";
  return await askJson(
    exchange,
    { method: "POST", route, params: { command }, body, schema: Result },
    signal,
  );
};
