/** What an externalId says. */
export type ExternalId =
  | { readonly kind: "objectId"; readonly objectId: string }
  | { readonly kind: "missing" | "invalid" };

/** Longer ones are no object id with text before it, whatever they are. */
const charactersMax = 256;

/**
 * The Entra object id in a Webex externalId. Exports of Entra put text in front of it, which is taken off:
 * `User_a0000000-...`. The id must stand at the end, be whole, and not be all zeros.
 */
export const readExternalId = (text: string | null): ExternalId => {
  const given = (text ?? "").trim();
  if (given === "") return { kind: "missing" };
  if (given.length > charactersMax) return { kind: "invalid" };
  const found = /(?:^|[^0-9a-f-])(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i.exec(given);
  const objectId = found?.groups?.["id"]?.toLowerCase();
  if (objectId === undefined || /^[0-]+$/.test(objectId)) return { kind: "invalid" };
  return { kind: "objectId", objectId };
};
