import { ProviderError } from "@hybrid/kernel";
import type { Middleware } from "@microsoft/microsoft-graph-client";
import type { TokenCache } from "../auth/token-cache.ts";
import { challengeOf } from "./challenge.ts";
import { headersOf, link } from "./link.ts";

/**
 * In place of the SDK's AuthenticationHandler: a token per tenant, and one more attempt with a new token
 * after a 401, with the claims that its challenge demands.
 */
export const authorizeMiddleware = (tokens: TokenCache): Middleware =>
  link(async (context, call, next) => {
    const headers = headersOf(context);
    const token = await tokens.get(call.spec);
    headers["Authorization"] = `Bearer ${token}`;
    try {
      await next(context);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.status !== 401) throw error;
      const renewed = await tokens.replace(call.spec, token, challengeOf(error));
      headers["Authorization"] = `Bearer ${renewed}`;
      await next(context);
    }
  });
