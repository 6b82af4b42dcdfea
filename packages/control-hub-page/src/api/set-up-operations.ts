import { z } from "zod";
import { ArchiveRole, ArchiveWanted, ConnectorCreate, ConnectorPreview } from "./archive.ts";
import { CalendarOrder, CalendarSetup, ConsentLink, ConsentOrder, TrialOrder } from "./calendar.ts";
import { DetailsPreviews, DetailsWanted } from "./join-settings.ts";
import { json, type Operation, ofOrg, org, taken } from "./operation.ts";
import { word } from "./shapes.ts";

/** Settings with texts in many languages. */
export const settingsBytesMax = 200_000;

/** What the wizards and the settings ask for. */
export const setUpOperations = {
  calendarSetup: {
    method: "GET",
    path: "/o/{org}/calendar",
    summary: "How far the calendars of the organisation are set up.",
    role: "readOnly",
    params: org,
    answer: json(CalendarSetup),
  },
  orderCalendar: {
    method: "POST",
    path: "/o/{org}/calendar/orders",
    summary: "Observes or writes from now on, or synchronises people.",
    role: "full",
    params: org,
    body: CalendarOrder,
    ...taken,
  },
  previewDetails: {
    method: "POST",
    path: "/o/{org}/details-previews",
    summary: "What settings make of an invitation, in each language. Nothing is written.",
    role: "readOnly",
    params: org,
    body: DetailsWanted,
    bodyBytesMax: settingsBytesMax,
    answer: json(DetailsPreviews),
  },
  consentLink: {
    method: "POST",
    path: "/o/{org}/consent-links",
    summary: "Where an administrator of a tenant signs in and accepts permissions; the way back leads here.",
    role: "full",
    params: org,
    body: ConsentOrder,
    answer: json(ConsentLink),
  },
  tryMailbox: {
    method: "POST",
    path: "/o/{org}/tenants/{tenant}/trials",
    summary: "Puts an event into a mailbox and removes it; each step is a line of JSON, told when it ends.",
    role: "full",
    params: ofOrg({ tenant: word }),
    body: TrialOrder,
    answer: { type: "application/x-ndjson", schema: z.string() },
  },
  archiveRole: {
    method: "GET",
    path: "/o/{org}/archive-role",
    summary: "Whether the person may make archive connectors.",
    role: "readOnly",
    params: org,
    answer: json(ArchiveRole),
  },
  previewConnector: {
    method: "POST",
    path: "/o/{org}/archive-previews",
    summary: "What a connector would read and whose mailboxes it would write to. It only reads.",
    role: "full",
    params: org,
    body: ArchiveWanted,
    answer: json(ConnectorPreview),
  },
  createConnector: {
    method: "POST",
    path: "/o/{org}/archive/orders",
    summary: "Makes a connector under a name that no other has; the archive role is needed.",
    role: "full",
    params: org,
    body: ConnectorCreate,
    ...taken,
  },
} as const satisfies Readonly<Record<string, Operation>>;
