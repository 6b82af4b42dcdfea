import type { FastifyReply } from "fastify";

/** That the answer is a file of CSV with this name. */
export const csvNamed = (reply: FastifyReply, name: string): void => {
  void reply
    .type("text/csv; charset=utf-8")
    .header("content-disposition", `attachment; filename="${name}.csv"`);
};
