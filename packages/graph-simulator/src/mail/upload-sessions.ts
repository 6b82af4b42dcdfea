import type { Mailbox } from "../calendar/mailbox.ts";
import type { SimulatorClock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import { badRequest, GraphFault, throttled } from "../http/graph-fault.ts";

/** What is uploaded, to which message. */
export interface UploadOrder {
  readonly mailbox: Mailbox;
  readonly messageId: string;
  readonly name: string;
  readonly size: number;
  readonly contentType: string | null;
  readonly isInline: boolean;
  readonly contentId: string | null;
}

/** An upload under way. */
export interface UploadSession extends UploadOrder {
  readonly token: string;
  readonly expiresAt: number;
  readonly parts: Buffer[];
  received: number;
}

/** Bytes that one request may bring (Graph page "Attach large files": up to 4 MB). */
const partBytesMax = 4 * 1_024 * 1_024;
const sessionMs = 24 * 60 * 60 * 1_000;
/** An application may upload 150 MB to a mailbox in five minutes (throttling limits page, Outlook). */
const budgetBytes = 150 * 1_024 * 1_024;
const budgetMs = 300_000;

/** What uploads need. */
export interface UploadPorts {
  readonly clock: SimulatorClock;
  readonly dice: Dice;
}

/** Bytes uploaded to each mailbox by each application, against the limit of the service. */
export class UploadBudget {
  readonly #clock: SimulatorClock;
  readonly #windows = new Map<string, { startedAt: number; bytes: number }>();

  constructor(clock: SimulatorClock) {
    this.#clock = clock;
  }

  /** Charges bytes. Throws 429 ApplicationThrottled with Retry-After when the mailbox has had its share. */
  charge(userId: string, bytes: number): void {
    const now = this.#clock.now();
    const known = this.#windows.get(userId);
    const window = known && now - known.startedAt < budgetMs ? known : { startedAt: now, bytes: 0 };
    this.#windows.set(userId, window);
    window.bytes += bytes;
    if (window.bytes > budgetBytes)
      throw throttled(
        "ApplicationThrottled",
        "Application is over its UploadBytes limit for this mailbox.",
        Math.max(1, Math.ceil((window.startedAt + budgetMs - now) / 1_000)),
      );
  }
}

const rangeShape = /^bytes (\d+)-(\d+)\/(\d+)$/;

/** Uploads of large attachments, part by part. */
export class UploadSessions {
  readonly #ports: UploadPorts;
  readonly #sessions = new Map<string, UploadSession>();
  #made = 0;

  constructor(ports: UploadPorts) {
    this.#ports = ports;
  }

  open(order: UploadOrder): UploadSession {
    const number = ++this.#made;
    const token = this.#ports.dice.bytes("upload", order.mailbox.spec.userId, number).toString("base64url");
    const session = {
      ...order,
      token,
      expiresAt: this.#ports.clock.now() + sessionMs,
      parts: [],
      received: 0,
    };
    this.#sessions.set(token, session);
    return session;
  }

  /** Throws 404 for a session that is unknown, over or expired. */
  find(token: string): UploadSession {
    const session = this.#sessions.get(token);
    if (session && session.expiresAt > this.#ports.clock.now()) return session;
    throw new GraphFault(404, "ErrorItemNotFound", "The upload session was not found.");
  }

  /** Takes one part. Returns whether it was the last one. Throws 416 for a part out of turn. */
  receive(session: UploadSession, range: string | undefined, bytes: Buffer): boolean {
    const [, first, last, size] = rangeShape.exec(range ?? "") ?? [];
    if (first === undefined) throw badRequest("Content-Range is missing or malformed.");
    const length = Number(last) - Number(first) + 1;
    if (Number(size) !== session.size || length !== bytes.length || length > partBytesMax)
      throw badRequest("The part does not fit its Content-Range.");
    if (Number(first) !== session.received)
      throw new GraphFault(416, "ErrorInvalidRange", `The next expected range is ${session.received}-.`);
    session.parts.push(bytes);
    session.received += length;
    if (session.received < session.size) return false;
    this.#sessions.delete(session.token);
    return true;
  }

  close(session: UploadSession): void {
    this.#sessions.delete(session.token);
  }
}
