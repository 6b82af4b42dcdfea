import type { FastifyInstance, FastifyRequest } from "fastify";
import { badRequest } from "../http/graph-fault.ts";
import { finishUpload } from "../operations/message-attachments.ts";
import type { MailPorts } from "../operations/messages.ts";
import type { UploadSessions } from "./upload-sessions.ts";

/** What the uploads' own address needs. */
export interface UploadRoutePorts extends MailPorts {
  readonly sessions: UploadSessions;
}

const tokenOf = (request: FastifyRequest): string => (request.params as { readonly token: string }).token;

/**
 * Where the parts of an upload go: an address of its own, which needs no access token and refuses one, as the
 * service's pre-authenticated addresses do.
 */
export const addUploadRoutes = (server: FastifyInstance, ports: UploadRoutePorts): void => {
  const { sessions, budget } = ports;
  server.addContentTypeParser("application/octet-stream", { parseAs: "buffer" }, (_request, body, done) =>
    done(null, body),
  );
  server.put("/upload/:token", async (request, reply) => {
    if (request.headers.authorization !== undefined)
      throw badRequest("The address is authenticated already; send no Authorization header.");
    const session = sessions.find(tokenOf(request));
    const bytes = request.body;
    if (!Buffer.isBuffer(bytes)) throw badRequest("The part must come as application/octet-stream.");
    budget.charge(session.mailbox.spec.userId, bytes.length);
    if (!sessions.receive(session, request.headers["content-range"], bytes))
      return reply.code(200).send({
        expirationDateTime: new Date(session.expiresAt).toISOString(),
        nextExpectedRanges: [`${session.received}-`],
      });
    const made = finishUpload(ports, session);
    const message = `/v1.0/users/${session.mailbox.spec.userId}/messages/${session.messageId}`;
    return reply.code(201).header("location", `${message}/attachments/${made.id}`).send();
  });
  server.delete("/upload/:token", async (request, reply) => {
    sessions.close(sessions.find(tokenOf(request)));
    return reply.code(204).send();
  });
};
