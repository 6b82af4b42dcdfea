import type { CallContext, Handlers } from "@hybrid/kernel";
import type { History } from "./history.ts";

type AnyHandler = (order: unknown, context: CallContext) => Promise<unknown>;

/** Handlers that write down when each call starts and ends, under its call id. */
export const recordingHandlers = <Call extends { readonly kind: string }, Input>(
  handlers: Handlers<Call, Input>,
  history: History,
  owner: string,
): Handlers<Call, Input> => {
  const recorded = (handler: AnyHandler): AnyHandler => {
    return async (order, context) => {
      const { callId } = context;
      history.record({ kind: "callStarted", owner, callId });
      try {
        const outcome = await handler(order, context);
        history.record({ kind: "callEnded", owner, callId, result: "ok" });
        return outcome;
      } catch (error) {
        history.record({ kind: "callEnded", owner, callId, result: "failed" });
        throw error;
      }
    };
  };
  const entries = Object.entries(handlers as Readonly<Record<string, AnyHandler>>);
  return Object.fromEntries(
    entries.map(([kind, handler]) => [kind, recorded(handler)]),
  ) as unknown as Handlers<Call, Input>;
};
