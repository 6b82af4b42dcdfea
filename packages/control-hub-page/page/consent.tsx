import { useMutation } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { AppName, ConsentLink } from "../src/api/index.ts";
import { useRight } from "./acts.tsx";
import { ask } from "./api.ts";
import { useLayout } from "./layout.ts";
import { useFaultText } from "./page-states.tsx";
import { StateMark } from "./signs.tsx";
import { hasWord, useWords, type Word } from "./words.ts";

/** The way to Microsoft, in this tab: Microsoft sends it back to the step behind. */
export const useConsent = (org: string, app: AppName, tenantId?: string) => {
  const right = useRight();
  const faultText = useFaultText();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      ask<ConsentLink>(`/o/${org}/consent-links`, tenantId === undefined ? { app } : { app, tenantId }),
    onSuccess: ({ url }) => location.assign(url),
  });
  return {
    go: (): void => {
      if (right === undefined) mutate();
    },
    isUnderWay: isPending,
    /** Why it cannot be gone; empty: nothing is known against it. */
    text: right ?? (error ? faultText(error) : ""),
  };
};

/** How the visit to Microsoft ended, where it was refused: what happened, what to do. */
export function ConsentOutcome() {
  const layout = useLayout();
  const t = useWords();
  const { consent, details } = useSearch({ strict: false });
  if (consent === undefined) return null;
  if (consent === "accepted")
    return (
      <p role="status">
        <StateMark state="active" word={t("consent.accepted")} />
      </p>
    );
  const stem = hasWord(`consent.${consent}`) ? `consent.${consent}` : "consent.signInFailed";
  return (
    <div className={layout.panel} role="alert">
      <StateMark state="error" word={t(stem as Word)} />
      <p className={layout.lead}>{t(`${stem}.todo` as Word)}</p>
      {details !== undefined && <p className={layout.quiet}>{details}</p>}
    </div>
  );
}
