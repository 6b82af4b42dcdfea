import type { Explained } from "../src/api/index.ts";
import { useLayout } from "./layout.ts";
import { StateMark } from "./signs.tsx";
import { StepList } from "./step-list.tsx";
import { hasWord, useWords } from "./words.ts";

type ExplainedEvent = NonNullable<Explained["event"]>;

/** The sentence that everything comes to. */
const useSentence = (): ((event: ExplainedEvent) => string) => {
  const t = useWords();
  return ({ decision: { kind, reason, place } }) => {
    const why = `skip.${reason ?? ""}`;
    const said = hasWord(why) ? t(why) : (reason ?? "");
    if (kind === "decorate") {
      const what = `explain.place.${place ?? "personalRoom"}`;
      return t("explain.decorate", { what: hasWord(what) ? t(what) : "" });
    }
    if (kind === "remove") return t("explain.remove", { why: reason === null ? t("explain.gone") : said });
    return kind === "skip" ? t("explain.skip", { why: said }) : t("explain.nothing");
  };
};

function Rules({ event }: { readonly event: ExplainedEvent }) {
  const layout = useLayout();
  const t = useWords();
  const stopped = event.rules.some(({ passed }) => !passed);
  const asked = (name: string): string => {
    const word = `rule.${name}`;
    return hasWord(word) ? t(word) : name;
  };
  return (
    <>
      <h3 className={layout.h3}>{t("explain.rules")}</h3>
      <StepList
        steps={[
          {
            key: "keyword",
            state: event.keyword === null ? "disabled" : "active",
            label: t("rule.keyword"),
            word: event.keyword === null ? t("no") : `@${event.keyword.keyword}`,
          },
          ...event.rules.map(({ name, passed }) => ({
            key: name,
            state: passed ? ("active" as const) : ("error" as const),
            label: asked(name),
            word: t(passed ? "yes" : "explain.decided"),
          })),
        ]}
      />
      {stopped && <p className={layout.quiet}>{t("explain.notAsked")}</p>}
    </>
  );
}

function Found({ explained }: { readonly explained: Explained }) {
  const layout = useLayout();
  const t = useWords();
  const { meeting, seen } = explained;
  const refusedText = (code: string): string => {
    const word = `refused.${code}`;
    return hasWord(word) ? t(word) : code;
  };
  return (
    <>
      <h3 className={layout.h3}>{t("explain.links")}</h3>
      {meeting === null ? (
        <p className={layout.lead}>{t("explain.noMeeting")}</p>
      ) : (
        <dl className={layout.facts}>
          <dt>{t("explain.service")}</dt>
          <dd>{meeting.service}</dd>
          <dt>{t("explain.rule")}</dt>
          <dd>{meeting.rule}</dd>
          <dt>{t("explain.field")}</dt>
          <dd>{meeting.field}</dd>
          <dt>{t("explain.link")}</dt>
          <dd>{meeting.url ?? meeting.video ?? meeting.meetingId ?? t("none")}</dd>
        </dl>
      )}
      {seen.length > 0 && (
        <div className={layout.scroll}>
          <table className={layout.table}>
            <caption className={layout.hidden}>{t("explain.links")}</caption>
            <thead>
              <tr>
                {(["explain.address", "explain.field", "explain.verdict"] as const).map((word) => (
                  <th key={word} className={layout.th}>
                    {t(word)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {seen.map(({ field, text, rule, refused }, index) => (
                // oxlint-disable-next-line react/no-array-index-key -- an address may stand there twice.
                <tr key={index}>
                  <td className={layout.td}>{text}</td>
                  <td className={layout.td}>{field}</td>
                  <td className={layout.td}>
                    {rule === null ? (
                      <StateMark state="disabled" word={refusedText(refused ?? "noRule")} />
                    ) : (
                      <StateMark state="active" word={rule} />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

/** What would be done and why, rule by rule; the sentence first. */
export function Explanation({ explained }: { readonly explained: Explained }) {
  const layout = useLayout();
  const t = useWords();
  const sentence = useSentence();
  const { event, faults } = explained;
  return (
    <section aria-labelledby="explanation">
      <div role="status">
        <h2 className={`${layout.h2} ${layout.apart}`} id="explanation">
          {event === null ? t("explain.textOnly") : sentence(event)}
        </h2>
      </div>
      {event !== null && (
        <p className={layout.quiet}>
          {event.locations.length === 0
            ? t("explain.noLocation")
            : t("explain.location", { location: event.locations.join(" | ") })}
        </p>
      )}
      {faults.map(({ at, message }) => (
        <p key={at} role="alert">
          {t("explain.fault", { at, message })}
        </p>
      ))}
      {event !== null && <Rules event={event} />}
      <Found explained={explained} />
    </section>
  );
}
