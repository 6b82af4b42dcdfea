import { type ActorId, ConfigError, minutes } from "@hybrid/kernel";
import { FreeBusy, MeetingItem, MeetingPage, makeToken, tokenKey } from "@hybrid/meetings";
import { systemScheduler } from "@hybrid/runtime";
import { settingsOrThrow } from "@hybrid/settings";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { z } from "zod";

/** Commands make a token for each request. */
const ownTokenMs = minutes(5);
/** A stream ends with its token; the next one has a new one. */
const streamTokenMs = minutes(60);

/** The operator's key. Throws ConfigError when it is not set. */
export const tokenKeyGiven = (): Uint8Array =>
  settingsOrThrow("tokens cannot be made", { MEETINGS_TOKEN_KEY: tokenKey }, process.env).MEETINGS_TOKEN_KEY;

/** A token for a user, from now on. */
export const tokenFor = (user: ActorId, forMs: number): Promise<string> =>
  makeToken({ user, now: systemScheduler().now(), forMs }, tokenKeyGiven());

const Told = z.object({ code: z.string(), detail: z.string(), current: MeetingItem.optional() });

const refusal = async (response: Response): Promise<ConfigError> => {
  const told = Told.safeParse(await response.json().catch(() => null));
  const { code, detail, current } = told.data ?? {
    code: String(response.status),
    detail: response.statusText,
  };
  const now = current === undefined ? [] : [`now: ${JSON.stringify(current)}`];
  return new ConfigError("the meetings' API refused", [`${code}: ${detail}`, ...now]);
};

/** Where the API is, and whose meetings are wanted. */
export interface MeetingsPlace {
  readonly api: string;
  readonly user: ActorId;
}

const ask = async (
  { api, user }: MeetingsPlace,
  path: string,
  {
    headers = {},
    forMs = ownTokenMs,
    signal,
    method = "GET",
    body,
  }: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly forMs?: number;
    readonly signal?: AbortSignal;
    readonly method?: "GET" | "POST" | "PATCH";
    readonly body?: object;
  } = {},
): Promise<Response> => {
  const authorization = `Bearer ${await tokenFor(user, forMs)}`;
  let response: Response;
  try {
    const options = {
      method,
      headers: {
        ...headers,
        authorization,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    };
    response = await fetch(`${api.replace(/\/$/, "")}/api/meetings/v1${path}`, options);
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new ConfigError("the meetings cannot be reached", [
      `--api: ${api} does not answer (${cause}); "hybrid up" serves it at API_HOST and API_PORT`,
    ]);
  }
  if (!response.ok) throw await refusal(response);
  return response;
};

/** Every meeting of a window, all pages of it. Rejects with ConfigError. */
export const listMeetings = async (
  place: MeetingsPlace,
  window: { readonly from?: string; readonly to?: string },
): Promise<readonly MeetingItem[]> => {
  const found: MeetingItem[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: "200", ...window, ...(cursor === null ? {} : { cursor }) });
    const page: MeetingPage = MeetingPage.parse(
      await (await ask(place, `/meetings?${query.toString()}`)).json(),
    );
    found.push(...page.meetings);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
};

/** A meeting of the list, by its id. Rejects with ConfigError. */
export const oneMeeting = async (place: MeetingsPlace, id: string): Promise<MeetingItem> =>
  MeetingItem.parse(await (await ask(place, `/meetings/${encodeURIComponent(id)}`)).json());

/** Schedules a meeting; the same key makes no second one. Rejects with ConfigError. */
export const scheduleMeeting = async (
  place: MeetingsPlace,
  wanted: object,
  key: string,
): Promise<MeetingItem> => {
  const headers = { "idempotency-key": key };
  return MeetingItem.parse(
    await (await ask(place, "/meetings", { method: "POST", body: wanted, headers })).json(),
  );
};

/** Changes the version of a meeting that was seen. Rejects with ConfigError. */
export const changeMeeting = async (
  place: MeetingsPlace,
  { id, etag, scope }: Pick<MeetingItem, "id" | "etag"> & { readonly scope: string },
  change: object,
): Promise<MeetingItem> => {
  const order = { method: "PATCH", body: change, headers: { "if-match": etag } } as const;
  const path = `/meetings/${encodeURIComponent(id)}?scope=${scope}`;
  return MeetingItem.parse(await (await ask(place, path, order)).json());
};

/** Cancels an own meeting, or answers an invitation. Rejects with ConfigError. */
export const actOnMeeting = async (
  place: MeetingsPlace,
  id: string,
  {
    act,
    scope,
    body,
    key,
  }: {
    readonly scope: string;
    readonly act: "cancel" | "accept" | "decline" | "tentativelyAccept";
    readonly body: object;
    readonly key: string;
  },
): Promise<void> => {
  const headers = { "idempotency-key": key };
  const path = `/meetings/${encodeURIComponent(id)}/${act}?scope=${scope}`;
  await ask(place, path, { method: "POST", body, headers });
};

/** When people and rooms are free. Rejects with ConfigError. */
export const freeBusy = async (place: MeetingsPlace, asked: object): Promise<FreeBusy> =>
  FreeBusy.parse(await (await ask(place, "/getSchedule", { method: "POST", body: asked })).json());

const Changed = z.object({ id: z.string(), meeting: MeetingItem.nullable() });
const Joinable = z.object({ meetings: z.array(MeetingItem) });

/** What a stream tells. */
export type MeetingEvent =
  | { readonly event: "reset" }
  | ({ readonly event: "change" } & z.infer<typeof Changed>)
  | ({ readonly event: "join" } & z.infer<typeof Joinable>);

const eventOf = (event: string | undefined, data: string): MeetingEvent | null => {
  if (event === "reset") return { event };
  if (event === "change") return { event, ...Changed.parse(JSON.parse(data)) };
  if (event === "join") return { event, ...Joinable.parse(JSON.parse(data)) };
  // A newer server tells more than this release knows.
  return null;
};

/** What changes from now on, until the connection breaks; `after`: the place that was told last. */
export async function* meetingEvents(
  place: MeetingsPlace,
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<{ readonly id: string | null; readonly told: MeetingEvent }, void, undefined> {
  const headers = after === null ? {} : { "last-event-id": after };
  const { body } = await ask(place, "/changes", { headers, forMs: streamTokenMs, signal });
  if (body === null) return;
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, data, id = null } of events) {
    const told = eventOf(event, data);
    if (told) yield { id, told };
  }
}
