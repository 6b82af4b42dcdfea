import { z } from "zod";
import type { Role } from "./roles.ts";
import { orgName } from "./shapes.ts";
import { OrderTaken } from "./users.ts";

/** An operation of the API. Its checks, its description and its tests follow from this. */
export interface Operation {
  readonly method: "GET" | "POST";
  /** Below `/api`; parts in braces are parameters. */
  readonly path: string;
  readonly summary: string;
  /** What is asked of the person, by the table `rolesThatMay`; null: nobody needs to be signed in. */
  readonly role: Role | null;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** What a body is that is no JSON. */
  readonly bodyType?: "text/csv";
  readonly answer: { readonly type: string; readonly schema: z.ZodType };
  /** Bytes that a body may have; orders are small, so 65,536 when left out. */
  readonly bodyBytesMax?: number;
  /** 200 when left out. */
  readonly status?: number;
}

/** An answer of JSON. */
export const json = (schema: z.ZodType): Operation["answer"] => ({ type: "application/json", schema });
/** An answer of CSV. */
export const csv: Operation["answer"] = { type: "text/csv", schema: z.string() };
/** The parameter of every path of an organisation. */
export const org = z.object({ org: orgName });
/** The organisation, and what else the path names. */
export const ofOrg = <Shape extends z.ZodRawShape>(shape: Shape) => org.extend(shape);

/** How orders are answered. */
export const taken = { answer: json(OrderTaken), status: 202 } as const;
