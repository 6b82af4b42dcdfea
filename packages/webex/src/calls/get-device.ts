import { askJson, type Exchange } from "../http/exchange.ts";
import { Device } from "../models/workspace.ts";

/** GET /v1/devices/{deviceId}: a device. Rejects with ProviderError. */
export const getDevice = async (exchange: Exchange, deviceId: string, signal: AbortSignal): Promise<Device> =>
  await askJson(exchange, { route: "/v1/devices/{deviceId}", params: { deviceId }, schema: Device }, signal);
