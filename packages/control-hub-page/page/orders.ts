import { useEffect, useRef, useState } from "react";
import { order } from "./api.ts";
import { onOutcome } from "./live.ts";
import { useFaultText } from "./page-states.tsx";
import { useWords, type Word } from "./words.ts";

/** Where an order is. */
export interface Progress {
  readonly isUnderWay: boolean;
  readonly isFault: boolean;
  /** In words; empty before the first order. */
  readonly text: string;
}

const slowAfterMs = 10_000;

const outcomes: Readonly<Record<string, Word>> = {
  applied: "order.done",
  unchanged: "order.unchanged",
  versionConflict: "order.conflict",
  unknownUser: "order.unknownUser",
};

type Stage =
  | { readonly word: Word; readonly isUnderWay: boolean; readonly isFault: boolean }
  | { readonly error: unknown };

/** Outcomes may be quicker than the answer that names the order. */
const useOutcomes = (): ((orderId: string, settled: (outcome: string) => void) => void) => {
  const heard = useRef(new Map<string, string>());
  const waiting = useRef(new Map<string, (outcome: string) => void>());
  useEffect(
    () =>
      onOutcome(({ orderId, outcome }) => {
        const settled = waiting.current.get(orderId);
        waiting.current.delete(orderId);
        if (settled) settled(outcome);
        else heard.current.set(orderId, outcome);
      }),
    [],
  );
  return (orderId, settled) => {
    const known = heard.current.get(orderId);
    if (known !== undefined) settled(known);
    else waiting.current.set(orderId, settled);
  };
};

/**
 * Gives an order and tells where it is: sent at once, trying, and the outcome when it has come back from the
 * topic. `hasOutcome` false: nobody tells, so that it is done when it was written down.
 */
export const useOrder = (hasOutcome: boolean) => {
  const [stage, setStage] = useState<Stage | undefined>();
  const t = useWords();
  const faultText = useFaultText();
  const await_ = useOutcomes();
  const slow = useRef<ReturnType<typeof setTimeout>>(undefined);
  const under = (word: Word): Stage => ({ word, isUnderWay: true, isFault: false });

  const give = async (path: string, body: unknown, version?: number | string): Promise<boolean> => {
    clearTimeout(slow.current);
    setStage(under("order.sent"));
    slow.current = setTimeout(() => setStage(under("order.slow")), slowAfterMs);
    try {
      const orderId = await order(path, body, version);
      const settled = (outcome: string): void => {
        clearTimeout(slow.current);
        const isFault = outcome === "versionConflict" || outcome === "unknownUser";
        setStage({ word: outcomes[outcome] ?? "order.done", isUnderWay: false, isFault });
      };
      if (hasOutcome) {
        setStage(under("order.trying"));
        await_(orderId, settled);
      } else settled("applied");
      return true;
    } catch (error) {
      clearTimeout(slow.current);
      setStage({ error });
      return false;
    }
  };
  useEffect(() => () => clearTimeout(slow.current), []);

  const progress: Progress =
    stage === undefined
      ? { isUnderWay: false, isFault: false, text: "" }
      : "error" in stage
        ? { isUnderWay: false, isFault: true, text: `${t("order.refused")}. ${faultText(stage.error)}` }
        : { ...stage, text: t(stage.word) };
  return { give, progress };
};
