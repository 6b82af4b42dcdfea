import type { BulkJob, OrderTaken, Problem, SessionAnswer } from "../src/api/index.ts";

/** What the service answered instead of what was asked for. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** The end of the problem's type; `unreachable` when there was no answer. */
  readonly code: string;
  readonly status: number;
  /** Finds the line in the service's log. */
  readonly instance: string | undefined;

  constructor(code: string, status: number, problem?: Problem) {
    super(problem?.detail ?? problem?.title ?? code);
    this.code = code;
    this.status = status;
    this.instance = problem?.instance;
  }
}

let csrfToken = "";
let clockDifferenceMs = 0;

/** What the service's clock says, in milliseconds since 1970. */
export const hubNow = (): number => Date.now() + clockDifferenceMs;

const noteClock = (answer: Response): void => {
  const time = Number(answer.headers.get("x-hub-time") ?? Number.NaN);
  if (Number.isFinite(time)) clockDifferenceMs = time - Date.now();
};

const request = async (path: string, init: RequestInit): Promise<Response> => {
  let answer: Response;
  try {
    answer = await fetch(`/api${path}`, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused("unreachable", 0);
  }
  noteClock(answer);
  if (answer.ok) return answer;
  const isProblem = answer.headers.get("content-type")?.startsWith("application/problem+json") ?? false;
  const problem = isProblem ? ((await answer.json()) as Problem) : undefined;
  throw new Refused(problem?.type.split(":").at(-1) ?? "unreachable", answer.status, problem);
};

/** Looks something up. Rejects with Refused. */
export const look = async <Answer>(path: string, signal?: AbortSignal): Promise<Answer> =>
  (await (await request(path, signal ? { signal } : {})).json()) as Answer;

/** Who is signed in; what is sent from now on carries the session's token. */
export const session = async (): Promise<SessionAnswer> => {
  const found = await look<SessionAnswer>("/session");
  ({ csrfToken } = found);
  return found;
};

const send = (path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<Response> =>
  request(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", "x-csrf-token": csrfToken, ...headers },
  });

/** Asks for something that is made or done for the purpose. Rejects with Refused. */
export const ask = async <Answer>(path: string, body: unknown): Promise<Answer> =>
  (await (await send(path, body, {})).json()) as Answer;

/** Asks for something that takes a while, and tells each line of JSON of the answer when it is there. */
export async function* askLines<Line>(path: string, body: unknown): AsyncGenerator<Line> {
  const answer = await send(path, body, {});
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done = true, value = "" } = (await reader?.read()) ?? {};
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as Line;
    if (done) return;
  }
}

/** Gives an order, once however often it is sent. Resolves with its id when it is written down. */
export const order = async (path: string, body: unknown, version?: number | string): Promise<string> => {
  const headers = {
    "idempotency-key": crypto.randomUUID(),
    ...(version === undefined ? {} : { "if-match": `"${version}"` }),
  };
  return ((await (await send(path, body, headers)).json()) as OrderTaken).orderId;
};

/** Looks at a file of orders, and orders nothing. Rejects with Refused. */
export const planBulk = async (org: string, text: string): Promise<BulkJob> => {
  const headers = { "content-type": "text/csv", "x-csrf-token": csrfToken };
  return (await (await request(`/o/${org}/bulk`, { method: "POST", body: text, headers })).json()) as BulkJob;
};

/** Gives the orders of a file. Rejects with Refused. */
export const applyBulk = async (org: string, job: string): Promise<void> => {
  await send(`/o/${org}/bulk/${job}/apply`, {}, {});
};

/** Ends a session, or all that its person has but this one. Rejects with Refused. */
export const endSessions = async (
  path: string,
  what: { readonly session: string; readonly all: boolean },
): Promise<void> => {
  await send(path, what, {});
};

/** Signs out. */
export const signOut = async (): Promise<void> => {
  await send("/session/end", {}, {});
};
