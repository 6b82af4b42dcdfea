import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { GraphCall } from "./graph-call.ts";

/** Passes a request on to the rest of the chain. */
export type Next = (context: Context) => Promise<void>;

/** A link of the SDK's middleware chain, from a function. */
export const link = (run: (context: Context, call: GraphCall, next: Next) => Promise<void>): Middleware => {
  let following: Middleware | undefined;
  return {
    execute: async (context) => {
      const call = context.middlewareControl?.getMiddlewareOptions(GraphCall);
      if (!(call instanceof GraphCall)) throw new TypeError("a Graph request was made without its GraphCall");
      try {
        await run(context, call, async (passed) => {
          if (!following) throw new TypeError("the last middleware has nobody to pass on to");
          await following.execute(passed);
        });
      } catch (error) {
        call.failure = error;
        throw error;
      }
    },
    setNext: (next) => {
      following = next;
    },
  };
};

/** The headers of a request, as the SDK's GraphRequest builds them: a plain object. */
export const headersOf = (context: Context): Record<string, string> => {
  const options = (context.options ??= {});
  return (options.headers ??= {}) as Record<string, string>;
};
