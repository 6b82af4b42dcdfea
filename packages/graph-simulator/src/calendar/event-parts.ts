import { createHash } from "node:crypto";
import type { StoredAttachment, StoredExtension } from "./stored-event.ts";
import { utcDateTime } from "./time-zones.ts";

const extensionPrefix = /^microsoft\.(outlookservices|graph)\.openTypeExtension\./i;

/** The one spelling of an open extension's name: clients give the name alone or the whole id. */
export const extensionKey = (nameOrId: string): string => nameOrId.replace(extensionPrefix, "").toLowerCase();

/** The id of an open extension at an event. */
export const extensionId = (name: string): string => `Microsoft.OutlookServices.OpenTypeExtension.${name}`;

/** An open extension as Graph returns it. */
export const renderExtension = ({ name, values }: StoredExtension): Record<string, unknown> => ({
  "@odata.type": "#microsoft.graph.openTypeExtension",
  id: extensionId(name),
  extensionName: name,
  ...values,
});

/** A file as Graph returns it. */
export const renderAttachment = (attachment: StoredAttachment): Record<string, unknown> => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  "@odata.mediaContentType": attachment.contentType ?? "application/octet-stream",
  id: attachment.id,
  lastModifiedDateTime: utcDateTime(attachment.modifiedAt),
  name: attachment.name,
  contentType: attachment.contentType,
  size: attachment.size,
  isInline: attachment.isInline,
  contentId: attachment.contentId,
  contentLocation: attachment.contentLocation,
  contentBytes: attachment.contentBytes,
});

/** An attachment with the id it has at its event. */
export const withAttachmentId = (
  attachment: StoredAttachment,
  eventId: string,
  place: number,
): StoredAttachment => {
  const digest = createHash("sha256").update(`${eventId} ${place} ${attachment.name}`).digest("base64url");
  return { ...attachment, id: `${eventId.slice(0, -1)}BEgAQ${digest.slice(0, 22)}=` };
};
