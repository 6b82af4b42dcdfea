import type { OperationName, operations } from "@hybrid/control-hub-page/api";
import type { OrgId } from "@hybrid/kernel";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Session } from "../adapters/sessions.ts";

type Given<Name extends OperationName, Part extends "params" | "query" | "body"> =
  (typeof operations)[Name] extends Readonly<Record<Part, infer Schema extends z.ZodType>>
    ? z.output<Schema>
    : undefined;

/** A request that has passed every check of its operation. */
export interface Asked<Name extends OperationName> {
  readonly params: Given<Name, "params">;
  readonly query: Given<Name, "query">;
  readonly body: Given<Name, "body">;
  /** Null where nobody needs to be signed in. */
  readonly session: Session | null;
  /** The organisation of the path, which the session may see; null where the path names none. */
  readonly org: OrgId | null;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What answers an operation. */
export type Handler<Name extends OperationName> = (asked: Asked<Name>) => unknown;

/** Something for every operation of the API. */
export type Handlers = { readonly [Name in OperationName]: Handler<Name> };
