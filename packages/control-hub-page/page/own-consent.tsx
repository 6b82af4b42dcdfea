import { Button } from "@fluentui/react-components";
import { CalendarLtrRegular } from "@fluentui/react-icons";
import { useMutation } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { ConsentLink, Me } from "../src/api/index.ts";
import { ask, hubNow } from "./api.ts";
import { fullTime } from "./clock.tsx";
import { ConsentOutcome } from "./consent.tsx";
import { useLayout } from "./layout.ts";
import { useFaultText } from "./page-states.tsx";
import { StateMark } from "./signs.tsx";
import { useWords } from "./words.ts";

type OwnConsent = NonNullable<Me["consent"]>;

/** Whether calls may be made with it now. */
const isGood = ({ expiresAt }: OwnConsent): boolean => expiresAt !== null && expiresAt > hubNow();

/** From then on it is time to give it again. */
const soonMs = 7 * 86_400_000;

/** How the visit to Microsoft ended; with a consent the page says what comes next. */
export function OwnOutcome() {
  const t = useWords();
  const { consent } = useSearch({ strict: false });
  if (consent !== "connected") return <ConsentOutcome />;
  return (
    <p role="status">
      <StateMark state="active" word={t("me.connected")} />
    </p>
  );
}

/** Lets us into the own calendar, at Microsoft, in this tab; what the person orders before goes first. */
export function ConnectAtMicrosoft({
  consent,
  isWanted,
  before,
}: {
  readonly consent: OwnConsent;
  /** Whether the calendar is connected on our side. */
  readonly isWanted: boolean;
  /** Resolves with whether it was taken. */
  readonly before: () => Promise<boolean>;
}) {
  const layout = useLayout();
  const t = useWords();
  const faultText = useFaultText();
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      if (!isWanted && !(await before())) return;
      location.assign((await ask<ConsentLink>("/me/consent-links", {})).url);
    },
  });
  const { givenAt, expiresAt } = consent;
  const hasGood = isGood(consent);
  const isSoon = expiresAt !== null && expiresAt - hubNow() < soonMs;
  return (
    <>
      <p className={layout.quiet}>
        {givenAt === null || expiresAt === null
          ? t("me.consentNone")
          : t(hasGood ? "me.consentUntil" : "me.consentOver", { time: fullTime(expiresAt) })}
      </p>
      <Button
        {...(hasGood && isWanted && !isSoon ? {} : { appearance: "primary" })}
        icon={<CalendarLtrRegular />}
        disabledFocusable={isPending}
        onClick={() => mutate()}
      >
        {t(givenAt === null ? "me.connect" : "me.connectAgain")}
      </Button>
      {error && <p role="alert">{faultText(error)}</p>}
    </>
  );
}
