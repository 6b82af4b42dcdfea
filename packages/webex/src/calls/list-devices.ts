import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { Device } from "../models/workspace.ts";

/** Which devices. */
export interface DeviceFilter {
  readonly orgId?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly personId?: string | undefined;
  readonly max?: number | undefined;
}

/** GET /v1/devices: devices. Page by page; rejects with ProviderError. */
export const listDevices = (
  exchange: Exchange,
  filter: DeviceFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<Device>, void, undefined> =>
  pagesOf<Device>(exchange, { route: "/v1/devices", query: { ...filter }, schema: Device }, signal);
