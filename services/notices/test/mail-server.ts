import type { AddressInfo } from "node:net";
import { createCertificateAuthority } from "@hybrid/graph-simulator";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";
import type { MailConfig } from "../src/config.ts";

/** A mail as the server got it: to whom, and what it says. */
export interface Delivered {
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
}

/** What a mail server of a test does with the next mails, one after the other; then it takes them. */
export type Answer = "take" | "deferRecipient" | "refuseRecipient" | "deferData" | "refuseData" | "drop";

/** A real mail server on a free port, with STARTTLS and a login. */
export interface TestMailServer {
  readonly config: MailConfig;
  readonly delivered: readonly Delivered[];
  readonly answers: Answer[];
  close(): Promise<void>;
}

export const user = "hybrid";
export const password = "correct horse";

const refusal = (responseCode: number): Error => Object.assign(new Error("no"), { responseCode });

const answered: Partial<Record<Answer, number>> = {
  deferRecipient: 450,
  refuseRecipient: 550,
  deferData: 451,
  refuseData: 554,
};

/** Starts one. `offers`: without STARTTLS or a login, as servers that are set up badly. */
export const startMailServer = async (
  offers: { readonly tls?: boolean; readonly login?: boolean } = {},
): Promise<TestMailServer> => {
  const { tls = true, login = true } = offers;
  const authority = await createCertificateAuthority();
  const { keyPem: key, certPem: cert } = await authority.issue();
  const delivered: Delivered[] = [];
  const answers: Answer[] = [];
  const refuses = (...kinds: readonly Answer[]): Error | null => {
    const [next] = answers;
    const code = next !== undefined && kinds.includes(next) ? answered[next] : undefined;
    if (code === undefined) return null;
    answers.shift();
    return refusal(code);
  };
  const server = new SMTPServer({
    key,
    cert,
    authOptional: !login,
    disabledCommands: [...(tls ? [] : ["STARTTLS"]), ...(login ? [] : ["AUTH"])],
    onAuth: ({ username, password: given }, _session, done) =>
      username === user && given === password ? done(null, { user: username }) : done(refusal(535)),
    onRcptTo: (_address, _session, done) => done(refuses("deferRecipient", "refuseRecipient")),
    onData: (stream, session, done) => {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => void pieces.push(piece));
      stream.on("end", async () => {
        const refused = refuses("deferData", "refuseData");
        if (refused) return done(refused);
        const raw = Buffer.concat(pieces);
        const to = session.envelope.rcptTo.map(({ address }) => address);
        delivered.push({ to, raw: raw.toString("utf8"), mail: await PostalMime.parse(raw) });
        if (answers[0] !== "drop") return done();
        answers.shift();
        // It has the mail, and the answer is never read.
        for (const connection of server.connections) connection._socket.destroy();
      });
    },
  });
  // A client that goes away in the middle is what some tests want.
  server.on("error", () => {});
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    config: {
      // The certificate names it.
      host: "localhost",
      port,
      tls: "starttls",
      ca: authority.caPem,
      login: { user, password },
      from: { name: "Hybrid", address: "hybrid@acme.example" },
      replyTo: null,
      perMinute: 6_000,
    },
    delivered,
    answers,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
