import type { NoticeKind } from "@hybrid/contracts";
import { Counter, type Registry } from "prom-client";

/** What the service counts besides what every service does. */
export interface NoticeMetrics {
  onEnded(kind: NoticeKind, outcome: "sent" | "failed" | "tooLate"): void;
  /** A try that failed, by the code of its failure. */
  onTry(code: string): void;
}

/** Registers the counters. */
export const noticeMetrics = (registry: Registry): NoticeMetrics => {
  const registers = [registry];
  const notices = new Counter({
    name: "hybrid_notices_total",
    help: "Notices to users by kind and by what became of them.",
    labelNames: ["kind", "outcome"],
    registers,
  });
  const failures = new Counter({
    name: "hybrid_notices_failures_total",
    help: "Tries to send a notice that failed, by code.",
    labelNames: ["code"],
    registers,
  });
  return {
    onEnded: (kind, outcome) => notices.inc({ kind, outcome }),
    onTry: (code) => failures.inc({ code }),
  };
};
