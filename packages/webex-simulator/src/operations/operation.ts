import { z } from "zod";
import { checked, WebexFault } from "../answers.ts";
import type { People, SimulatedPerson } from "../organization.ts";
import type { SimulatedToken } from "../token.ts";
import { uuidFor } from "../webex-id.ts";

/** Who asks. */
export interface Caller {
  readonly token: SimulatedToken;
  readonly orgId: string;
  /** The person, or the machine account of a service app. */
  readonly uuid: string;
  /** Undefined for a service app. */
  readonly person: SimulatedPerson | undefined;
  /** Sees every space of the organisation through the compliance scopes. */
  readonly isOfficer: boolean;
  /** A full administrator, or a service app, which an administrator authorised. */
  readonly isAdmin: boolean;
}

/** A request that was let in, read and checked. */
export interface Call<Query, Body> {
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** The whole address that was asked. */
  readonly url: URL;
}

/** What is answered; 200 when no status is given. */
export interface Answer {
  readonly status?: number;
  readonly body?: object;
  /** Sent instead of JSON. */
  readonly bytes?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request before it is checked. */
export interface RawCall {
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly url: URL;
}

/** One operation of Webex. */
export interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The route, with `/v1` where Webex has it. */
  readonly path: string;
  /** Any of them suffices; none is needed when empty. */
  readonly scopes: readonly string[];
  /** Names of the query's parameters. */
  readonly query: readonly string[];
  /** The schema of the body; undefined when the operation takes none. */
  readonly body: z.ZodType | undefined;
  /** Parameters and fields that Webex has here and the simulator has not: 501. */
  readonly gaps: readonly string[];
  /** Checks the request and answers; throws a WebexFault for anything else. */
  readonly answer: (call: RawCall) => Answer;
}

/** How an operation is written down. */
interface Spec<Query extends z.ZodRawShape, Body extends z.ZodType> {
  readonly method: Operation["method"];
  readonly path: string;
  readonly scopes: readonly string[];
  readonly query?: Query;
  readonly body?: Body;
  readonly gaps?: readonly string[];
  readonly handle: (call: Call<z.infer<z.ZodObject<Query>>, z.infer<Body>>) => Answer;
}

/** Makes an operation of its description. */
export const operation = <Query extends z.ZodRawShape, Body extends z.ZodType = z.ZodUnknown>(
  spec: Spec<Query, Body>,
): Operation => {
  const query = z.strictObject(spec.query ?? ({} as Query));
  return {
    method: spec.method,
    path: spec.path,
    scopes: spec.scopes,
    query: Object.keys(spec.query ?? {}).filter((name) => !cursorNames.has(name)),
    body: spec.body,
    gaps: spec.gaps ?? [],
    answer: (call) => {
      refuseGaps(spec.gaps ?? [], call);
      return spec.handle({
        ...call,
        query: checked(query, call.query) as z.infer<z.ZodObject<Query>>,
        body: (spec.body ? checked(spec.body, call.body) : undefined) as z.infer<Body>,
      });
    },
  };
};

/** What only links of the simulator's own carry. */
const cursorNames = new Set(["after", "before", "cursor"]);

const refuseGaps = (gaps: readonly string[], { query, body }: RawCall): void => {
  const given = { ...(query as object), ...(body as object | undefined) };
  const gap = gaps.find((name) => name in given);
  if (gap !== undefined)
    throw new WebexFault(501, `Webex has '${gap}' here; this simulator has not.`, [
      "SimulatorNotImplemented",
    ]);
};

/** Finds out who a token stands for. */
export const callerOf = (token: SimulatedToken, people: People): Caller => {
  const person = token.person === undefined ? undefined : people.byEmail(token.orgId, token.person);
  return {
    token,
    orgId: token.orgId,
    uuid: person?.uuid ?? uuidFor(token.token),
    person,
    isOfficer:
      token.scopes?.some((scope) => scope.startsWith("spark-compliance:")) ?? token.isOfficer ?? false,
    isAdmin: token.person === undefined || (person?.roles?.includes("id_full_admin") ?? false),
  };
};

/** Whether the token has one of the scopes. */
export const hasScope = (caller: Caller, scopes: readonly string[]): boolean =>
  scopes.some((scope) =>
    caller.token.scopes
      ? caller.token.scopes.includes(scope)
      : caller.isOfficer || !scope.startsWith("spark-compliance:"),
  );

/** Throws 403 unless the token has one of the scopes, or none is needed. */
export const requireScope = (caller: Caller, scopes: readonly string[]): void => {
  if (scopes.length > 0 && !hasScope(caller, scopes))
    throw new WebexFault(403, "The access token does not have the scopes that this request needs.", [
      `One of these scopes is needed: ${scopes.join(", ")}`,
    ]);
};

/** A list as one page: `after` is the key of the last item of the page before it. */
export const pageOf = <Item>(
  call: { readonly url: URL; readonly query: { readonly after?: string | undefined; readonly max: number } },
  items: readonly Item[],
  key: (item: Item) => string,
  sizeMax: number,
): { readonly page: readonly Item[]; readonly headers: Readonly<Record<string, string>> } => {
  const { after, max } = call.query;
  const start = after === undefined ? 0 : items.findIndex((item) => key(item) === after) + 1;
  const page = items.slice(start, start + Math.min(max, sizeMax));
  const last = page.at(-1);
  if (last === undefined || start + page.length >= items.length) return { page, headers: {} };
  return { page, headers: { link: nextLink(call.url, { after: key(last) }) } };
};

/** RFC 8288 Link with rel=next: the address that was asked with other parameters. */
export const nextLink = (url: URL, parameters: Readonly<Record<string, string>>): string => {
  const next = new URL(url);
  for (const [name, value] of Object.entries(parameters)) next.searchParams.set(name, value);
  return `<${next.href}>; rel="next"`;
};

/** `start` and `max` of a list that is paged by number. */
export const offsetPaging = {
  start: z.coerce.number().int().min(0).default(0),
  max: z.coerce.number().int().min(1).default(100),
};

/** A list as one page that begins with item number `start`. */
export const offsetPageOf = <Item>(
  call: { readonly url: URL; readonly query: { readonly start: number; readonly max: number } },
  items: readonly Item[],
  sizeMax: number,
): { readonly page: readonly Item[]; readonly headers: Readonly<Record<string, string>> } => {
  const { start, max } = call.query;
  const end = start + Math.min(max, sizeMax);
  const headers = end < items.length ? { link: nextLink(call.url, { start: String(end) }) } : {};
  return { page: items.slice(start, end), headers };
};

/** `max` and the cursor of a list. */
export const paging = (maxDefault: number) => ({
  max: z.coerce.number().int().min(1).default(maxDefault),
  after: z.string().optional(),
});
