import { actors, defineService, noSettings } from "@hybrid/service";
import { directoryTopology } from "./topology.ts";

/** The service as one value. */
export const service = defineService({
  name: "directory",
  purpose: "Knows who is in an organisation, and decides for its tenants.",
  settings: noSettings,
  parts: [actors({ topology: directoryTopology, handlers: () => ({}) })],
});
