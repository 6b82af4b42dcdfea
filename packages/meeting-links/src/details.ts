import type { AddressParts } from "./compiled-rules.ts";

/** How to join a meeting. */
export interface Details {
  /** A link that opens it. */
  readonly url: string | null;
  /** What a video system dials, without scheme. */
  readonly video: string | null;
  readonly meetingId: string | null;
  readonly passcode: string | null;
}

interface Templates {
  readonly url?: string | undefined;
  readonly video?: string | undefined;
  readonly meetingId?: string | undefined;
  readonly passcode?: string | undefined;
}

interface Matched {
  readonly groups: readonly string[];
  readonly parts: AddressParts | null;
  /** The address as it is written; null for lines. */
  readonly text: string | null;
}

const optional = /\[(?<part>[^[\]]*)\]/g;
const placeholder = /\{(?<name>[^{}|]+)(?:\|(?<filter>[a-z]+))?\}/g;

/** A template with its places filled in; null when one of them is empty: half an address leads nowhere. */
const fill = (template: string | undefined, matched: Matched): string | null => {
  if (template === undefined) return null;
  return fillAll(
    template.replace(optional, (_, part: string) => fillAll(part, matched) ?? ""),
    matched,
  );
};

const fillAll = (template: string, matched: Matched): string | null => {
  let isComplete = true;
  const text = template.replace(placeholder, (_, name: string, filter: string | undefined) => {
    const value = filtered(valueOf(name, matched), filter);
    if (value === "") isComplete = false;
    return value;
  });
  return isComplete ? text : null;
};

const valueOf = (name: string, { groups, parts, text }: Matched): string => {
  if (/^\d+$/.test(name)) return groups[Number(name) - 1] ?? "";
  if (name === "address") return text ?? "";
  if (name === "host") return parts?.host ?? "";
  if (name === "user") return parts?.user ?? "";
  if (name === "site") return parts?.host.split(".")[0] ?? "";
  return name.startsWith("query.") ? (parts?.query.get(name.slice(6)) ?? "") : "";
};

const filtered = (value: string, filter: string | undefined): string => {
  switch (filter) {
    case "digits":
      return value.replace(/\D+/g, "");
    case "lower":
      return value.toLowerCase();
    default:
      return value;
  }
};

/**
 * Fills a rule's templates. Places: `{1}` for groups, `{address}`, `{host}`, `{site}` (its first label),
 * `{user}`, `{query.NAME}`; `|digits` and `|lower` behind a name; `[…]` is left out when a place in it is
 * empty. A rule with neither url nor video gives the web
 * address itself.
 */
export const filled = (templates: Templates, matched: Matched): Details => {
  const own = templates.url === undefined && templates.video === undefined ? matched.text : null;
  return {
    url: own ?? fill(templates.url, matched),
    video: fill(templates.video, matched),
    meetingId: fill(templates.meetingId, matched),
    passcode: fill(templates.passcode, matched),
  };
};
