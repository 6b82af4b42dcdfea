import { type ErrorCode, ProviderError, seconds } from "@hybrid/kernel";
import MailComposer from "nodemailer/lib/mail-composer/index.js";
import SMTPConnection from "nodemailer/lib/smtp-connection/index.js";
import type { MailText } from "#domain/mail";
import type { MailConfig } from "../config.ts";
import { isMailAddress } from "../mail-address.ts";

/** One mail to one person. */
export interface OutgoingMail extends MailText {
  readonly to: string;
  /** The same for every try of one notice, with its angle brackets. */
  readonly messageId: string;
  readonly sentAt: number;
  readonly language: string;
}

/** A mail server. */
export interface MailServer {
  /**
   * Resolves when the server has taken the mail. Throws ProviderError: `mailRefused` for good, `unavailable`
   * when nothing was handed over, `mailDeferred` also when nobody knows whether the mail was taken.
   */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<void>;
  /** Connects and logs in, and sends nothing. Throws ProviderError as `send`. */
  verify(signal: AbortSignal): Promise<void>;
}

/** What nodemailer's errors have. */
interface SmtpError extends Error {
  readonly code?: string;
  /** That of Node, where nodemailer put one of its own in its place. */
  readonly originalCode?: string;
  readonly responseCode?: number;
}

/** How far a connection had come when it failed. */
type Stage = "connecting" | "loggingIn" | "sending";

const certificateCodes = /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** "Authentication required", "encryption required" (RFC 4954): it is not about the mail. */
const aboutUs: ReadonlySet<number> = new Set([530, 534, 535, 538]);

const codeOfAnswer = (responseCode: number, stage: Stage): ErrorCode => {
  if (responseCode >= 500)
    return stage !== "sending" || aboutUs.has(responseCode) ? "mailServerUnusable" : "mailRefused";
  return stage !== "sending" || responseCode === 421 ? "unavailable" : "mailDeferred";
};

/** What an error of nodemailer means. Answers of servers may name people: they stay in the cause. */
const codeOf = ({ code = "", originalCode = "", responseCode }: SmtpError, stage: Stage): ErrorCode => {
  if (responseCode !== undefined && responseCode > 0) return codeOfAnswer(responseCode, stage);
  if (code === "EAUTH" || code === "ENOAUTH" || code === "ETLS") return "mailServerUnusable";
  if (certificateCodes.test(originalCode)) return "mailServerUnusable";
  if (code === "EENVELOPE" || code === "EMESSAGE") return "mailRefused";
  // Once it was being sent, nobody knows whether the server has it.
  return stage === "sending" ? "mailDeferred" : "unavailable";
};

const endings: Partial<Readonly<Record<ErrorCode, string>>> = {
  mailServerUnusable: "it refuses the login, or its encryption cannot be trusted",
  mailRefused: "it refuses the mail for good",
  mailDeferred: "it does not take the mail now, or did not say whether it has",
};

const errorOf = (error: unknown, what: string, stage: Stage): ProviderError => {
  const smtp = (error instanceof Error ? error : new Error(String(error))) as SmtpError;
  const code = codeOf(smtp, stage);
  const why = endings[code] ?? "it cannot be reached";
  const status = smtp.responseCode;
  const answered = status === undefined ? (smtp.originalCode ?? smtp.code ?? "no answer") : `SMTP ${status}`;
  return new ProviderError(
    `${what}: ${why} (${answered})`,
    { code, retryable: code !== "mailRefused", ...(status === undefined ? {} : { status }) },
    { cause: error },
  );
};

const connectionOf = ({ host, port, tls, ca }: MailConfig): SMTPConnection =>
  new SMTPConnection({
    host,
    port,
    secure: tls === "tls",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    tls: { minVersion: "TLSv1.2", ...(ca === null ? {} : { ca }) },
    connectionTimeout: seconds(8),
    greetingTimeout: seconds(8),
    dnsTimeout: seconds(8),
    socketTimeout: seconds(15),
    // Sockets end with the call.
    socketCloseTimeout: 0,
  });

type Done = (error?: Error | null) => void;

/** One connection, from the greeting to its end; it is gone when this settles. */
const withConnection = async (
  config: MailConfig,
  what: string,
  {
    use,
    signal,
  }: { readonly use: ((open: SMTPConnection, done: Done) => void) | null; readonly signal: AbortSignal },
): Promise<void> => {
  const open = connectionOf(config);
  let stage: Stage = "connecting";
  const step = (begin: (done: Done) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      open.once("error", reject);
      begin((error) => {
        open.off("error", reject);
        if (error) reject(error);
        else resolve();
      });
    });
  const ended = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    if (signal.aborted) reject(signal.reason as Error);
  });
  const talk = async (): Promise<void> => {
    await step((done) => open.connect(done));
    stage = "loggingIn";
    const { login } = config;
    if (login !== null)
      await step((done) => open.login({ user: login.user, pass: login.password }, (error) => done(error)));
    stage = "sending";
    if (use) await step((done) => use(open, done));
  };
  try {
    await Promise.race([talk(), ended]);
  } catch (error) {
    throw errorOf(error, what, stage);
  } finally {
    // What is still said on it is nobody's any more.
    open.on("error", () => {});
    open.close();
  }
};

/** A mail as it crosses the network (RFC 5322, MIME). */
const composed = async (
  { to, subject, text, html, messageId, sentAt, language }: OutgoingMail,
  { from, replyTo }: MailConfig,
): Promise<Buffer> =>
  await new MailComposer({
    from,
    ...(replyTo === null ? {} : { replyTo }),
    // As an object, so that nothing in it is taken for a list of addresses.
    to: { name: "", address: to },
    subject,
    text,
    html,
    messageId,
    date: new Date(sentAt),
    headers: {
      // Nobody who is out of the office answers a machine (RFC 3834, and Exchange's own word for it).
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "Content-Language": language,
    },
    // Nothing of a notice may make nodemailer read files or fetch addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();

/** The mail server of the settings. Each mail has a connection of its own, which ends with it. */
export const mailServer = (config: MailConfig): MailServer => {
  const what = `mail server ${config.host}:${config.port}`;
  return {
    send: async (mail, signal) => {
      if (!isMailAddress(mail.to))
        throw new ProviderError(`${what}: not asked, because the address of the user is none`, {
          code: "mailRefused",
          retryable: false,
        });
      const bytes = await composed(mail, config);
      const envelope = { from: config.from.address, to: [mail.to], size: bytes.length };
      await withConnection(config, what, {
        use: (open, done) => open.send(envelope, bytes, (error) => done(error)),
        signal,
      });
    },
    verify: (signal) => withConnection(config, what, { use: null, signal }),
  };
};
