import { url } from "@hybrid/settings";

/**
 * The setting of the address of consent: for that service, and for who tells people of it. Not part of the
 * package's index: who reads no configuration need not load it.
 */
export const consentUrl = url({
  meaning:
    "Where an administrator's browser reaches this service, without path; its /consent/callback is " +
    "registered in Microsoft Entra. Entra takes http for localhost alone.",
  protocols: ["https", "http"],
}).orElse("http://localhost:8080");

/** Routes of consent, below its prefix. */
export const consentPrefix = "/consent";

/** Where users connect their calendars; with the ticket of a page to which they then come back. */
export const connectUrl = (base: string, ticket?: string): string =>
  `${base.replace(/\/$/, "")}${consentPrefix}/connect${ticket === undefined ? "" : `?ticket=${ticket}`}`;
