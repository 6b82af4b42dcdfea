import { createHash } from "node:crypto";
import type { z } from "zod";
import type { appShape, manifestShape } from "./shapes.ts";

/** Application permissions of Microsoft Graph by id, as its permissions reference lists them. */
const appRoles: ReadonlyMap<string, string> = new Map([
  ["798ee544-9d2d-430c-a058-570e29e34338", "Calendars.Read"],
  ["ef54d2bf-783f-4e0f-bca1-3210c0444d99", "Calendars.ReadWrite"],
  ["40f97065-369a-49f4-947c-6a255697ae91", "MailboxSettings.Read"],
  ["6931bccd-447a-43d1-b442-00a195474933", "MailboxSettings.ReadWrite"],
  ["df021288-bdef-4463-88db-98f22de89214", "User.Read.All"],
  ["dbb9058a-0e50-45d7-ae91-66909b5d4664", "Domain.Read.All"],
  ["62a82d76-70ea-41e2-9197-370581804d09", "Group.ReadWrite.All"],
  ["75359482-378d-4052-8f01-80520e7db3cd", "Files.ReadWrite.All"],
  ["498476ce-e0fe-48b0-b801-37ba7e2685c6", "Organization.Read.All"],
  ["98830695-27a2-44f7-8c18-0c3ebc9698f6", "GroupMember.Read.All"],
  ["e2a3a72e-5f79-4c64-b1b1-878b674786c9", "Mail.ReadWrite"],
]);

const roleOf = (id: string): string => {
  const name = appRoles.get(id);
  if (name !== undefined) return name;
  throw new Error(`Microsoft Graph has no application permission ${id}, or it is not simulated`);
};

const pemOf = (base64: string): string =>
  `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----\n`;

/** A GUID made of the certificate: the same registration always has the same id. */
const clientIdOf = (key: string, displayName: string): string => {
  const hex = createHash("sha256").update(`${displayName}\n${key}`).digest("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join("-");
};

/** The application that a manifest describes. Throws Error for a permission that there is not. */
export const registrationOf = (
  manifest: z.infer<typeof manifestShape>,
): z.infer<typeof appShape> & { readonly clientId: string } => {
  const accesses = manifest.requiredResourceAccess.flatMap(({ resourceAccess }) => resourceAccess);
  const [first] = manifest.keyCredentials;
  return {
    clientId: clientIdOf(first?.key ?? "", manifest.displayName),
    displayName: manifest.displayName,
    certificates: manifest.keyCredentials.map(({ key }) => pemOf(key)),
    roles: accesses.filter(({ type }) => type === "Role").map(({ id }) => roleOf(id)),
    redirectUris: manifest.web.redirectUris,
  };
};
