/** What a Webex id says: kind and UUID. Compare UUIDs only: cluster and padding differ between answers. */
export interface WebexId {
  /** Upper case as Webex writes it, for example `PEOPLE`; null for an id that is a bare UUID in base64. */
  readonly kind: string | null;
  /** Lower case. */
  readonly uuid: string;
}

const bareUuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const address =
  /^ciscospark:\/\/[^/]+\/(?<kind>[A-Z_]+)\/(?<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
const idLengthMax = 1_024;

/**
 * Reads a Webex id: base64, mostly unpadded, of `ciscospark://<cluster>/<KIND>/<uuid>`. Published samples
 * also hold a bare UUID and a trailing newline inside. Undefined when it is neither (composite ids are
 * opaque), or longer than 1,024 characters.
 */
export const parseWebexId = (text: string): WebexId | undefined => {
  if (text.length > idLengthMax) return undefined;
  const decoded = Buffer.from(text, "base64").toString("utf8").trim();
  if (bareUuid.test(decoded)) return { kind: null, uuid: decoded.toLowerCase() };
  const { kind, uuid } = address.exec(decoded)?.groups ?? {};
  return kind === undefined || uuid === undefined
    ? undefined
    : { kind: kind.toUpperCase(), uuid: uuid.toLowerCase() };
};

/**
 * Whether two ids mean the same object: by their UUIDs, whatever cluster, kind or padding they are written
 * with. Ids without a UUID of their own are the same when they are written alike, padding apart.
 */
export const sameWebexId = (one: string, other: string): boolean => {
  const [a, b] = [parseWebexId(one), parseWebexId(other)];
  if (a !== undefined && b !== undefined) return a.uuid === b.uuid;
  return a === b && unpadded(one) === unpadded(other);
};

const unpadded = (text: string): string => /^[^=]*/.exec(text)?.[0] ?? text;
