import { createHash } from "node:crypto";
import { type ActorId, type Clock, type Handlers, minutes, openedOf, ProviderError } from "@hybrid/kernel";
import { type BreakerLogger, createBreakers, saysServiceFails } from "@hybrid/provider-http";
import type { Call, Input, SendNotice } from "#domain/inputs";
import { languageOf } from "#domain/languages/catalogue";
import { mailOf } from "#domain/mail";
import type { Notice } from "#domain/state";
import { isFinal } from "#domain/tries";
import type { NoticeMetrics } from "./metrics.ts";
import type { MailServer } from "./smtp.ts";

/** What notices are sent with. */
export interface NoticePorts {
  readonly server: MailServer;
  readonly turns: { take(): void };
  readonly clock: Clock;
  /** A mailbox's own language tag. Throws ProviderError where it cannot be read. */
  readonly localeOf: (
    mailbox: { readonly tenantId: string; readonly objectId: string },
    signal: AbortSignal,
  ) => Promise<string | null>;
  readonly connectUrl: string;
  /** Behind the @ of message ids. */
  readonly domain: string;
  readonly metrics: NoticeMetrics;
  readonly logger: BreakerLogger;
}

const breakerLimits = {
  breakersMax: 1,
  breakerVolumeMin: 10,
  breakerErrorPercentage: 50,
  breakerWindowMs: minutes(1),
  breakerResetMs: minutes(1),
};

const breakerPlace = {
  key: "smtp",
  subject: "the mail server",
  fields: { server: "smtp" },
  what: "a notice",
};

/** A login that is refused for one is refused for all. */
const stopsAll = (error: unknown): boolean =>
  saysServiceFails(error) || (error instanceof ProviderError && error.code === "mailServerUnusable");

/** The same notice has the same id, however often it is sent. It tells nothing of the user. */
export const messageIdOf = (
  user: ActorId,
  { kind, dueAt, consentEndsAt }: Notice,
  domain: string,
): string => {
  const digest = createHash("sha256").update(JSON.stringify([user, kind, dueAt, consentEndsAt]));
  return `<${digest.digest("hex").slice(0, 40)}@${domain}>`;
};

/** Carries out the service's calls. */
export const noticeHandlers = (ports: NoticePorts): Handlers<Call, Input> => {
  const { server, turns, clock, metrics, logger } = ports;
  const breakers = createBreakers({ clock, limits: breakerLimits, counts: stopsAll, logger });

  /** Null where the mailbox cannot be asked: a mail in English is better than none. */
  const foundLocale = async (order: SendNotice, signal: AbortSignal): Promise<string | null> => {
    if (order.language !== null) return null;
    try {
      return await ports.localeOf(order, signal);
    } catch (error) {
      if (error instanceof ProviderError) return null;
      throw error;
    }
  };

  const refused = ({ number, notice }: SendNotice, code: ProviderError["code"]): Input => {
    metrics.onEnded(notice.kind, "failed");
    return { kind: "noticeRefused", number, code };
  };

  return {
    sendNotice: async (order, context): Promise<Input> => {
      const { number, notice, sendBy, tries } = order;
      if (clock.now() > sendBy) {
        metrics.onEnded(notice.kind, "tooLate");
        return { kind: "noticeTooLate", number };
      }
      const to = openedOf(order.address);
      // The user was erased meanwhile.
      if (to === undefined) return refused(order, "userNotFound");
      try {
        turns.take();
        const locale = await foundLocale(order, context.signal);
        const language = languageOf(order.language ?? locale);
        const text = mailOf(notice, { address: to, language, connectUrl: ports.connectUrl });
        const messageId = messageIdOf(context.actor, notice, ports.domain);
        const mail = { ...text, to, messageId, sentAt: clock.now(), language };
        await breakers.run(breakerPlace, () => server.send(mail, context.signal));
        metrics.onEnded(notice.kind, "sent");
        return { kind: "noticeSent", number, locale };
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        metrics.onTry(error.code);
        if (!error.retryable) return refused(order, error.code);
        if (isFinal(error, tries)) metrics.onEnded(notice.kind, "failed");
        throw error;
      }
    },
  };
};

/** Where no mail server is set nothing is ordered; what was ordered before ends as too late. */
export const noHandlers: Handlers<Call, Input> = {
  sendNotice: ({ number }) => Promise.resolve({ kind: "noticeTooLate", number }),
};
