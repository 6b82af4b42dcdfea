import { ianaZoneOf } from "../calendar/time-zones.ts";
import { badRequest } from "./graph-fault.ts";

/** What the Prefer header asks for; unknown preferences are ignored, as RFC 7240 wants it. */
export interface Preferences {
  /** The zone name as given, and its IANA name; null means UTC. */
  readonly timeZone: { readonly name: string; readonly zone: string } | null;
  readonly bodyType: "html" | "text";
  readonly immutableIds: boolean;
  /** `odata.maxpagesize` */
  readonly pageSize: number | null;
  /** `create-if-missing`: an update of what is not there makes it. */
  readonly createIfMissing: boolean;
  /** The value of the Preference-Applied header; empty when nothing was applied. */
  readonly applied: string;
}

const preference = /([A-Za-z][\w.-]*)\s*=\s*(?:"([^"]*)"|([^\s,;"]+))/g;

/** Reads a Prefer header (several headers come joined by commas). Throws Graph's 400 for a wrong value. */
export const readPreferences = (header: string | undefined): Preferences => {
  const given = new Map<string, string>();
  for (const [, name, quoted, bare] of (header ?? "").matchAll(preference))
    if (name !== undefined) given.set(name.toLowerCase(), quoted ?? bare ?? "");
  const applied: string[] = [];
  const take = (name: string): string | undefined => {
    const value = given.get(name.toLowerCase());
    if (value !== undefined) applied.push(`${name}="${value}"`);
    return value;
  };
  const zoneName = take("outlook.timezone");
  const zone = zoneName === undefined ? null : ianaZoneOf(zoneName);
  if (zoneName !== undefined && zone === null)
    throw badRequest(`The time zone '${zoneName}' is not supported.`, "TimeZoneNotSupportedException");
  const bodyType = take("outlook.body-content-type")?.toLowerCase() ?? "html";
  if (bodyType !== "html" && bodyType !== "text")
    throw badRequest(`'${bodyType}' is not a body content type.`, "ErrorInvalidPreferHeader");
  const immutableIds = take("IdType")?.toLowerCase() === "immutableid";
  const pageSize = take("odata.maxpagesize");
  if (pageSize !== undefined && !/^[1-9]\d{0,3}$/.test(pageSize))
    throw badRequest(`'${pageSize}' is not a page size.`, "ErrorInvalidPreferHeader");
  return {
    timeZone: zoneName === undefined || zone === null ? null : { name: zoneName, zone },
    bodyType,
    immutableIds,
    pageSize: pageSize === undefined ? null : Number(pageSize),
    createIfMissing: /(?:^|[\s,;])create-if-missing(?=$|[\s,;])/i.test(header ?? ""),
    applied: applied.join(", "),
  };
};
