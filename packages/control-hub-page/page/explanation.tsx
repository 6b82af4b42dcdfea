import type { Explained } from "../src/api/index.ts";
import { type DataColumn, DataTable } from "./data-table.tsx";
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
  const verdict = ({ rule, refused }: Explained["seen"][number]): string =>
    rule ?? refusedText(refused ?? "noRule");
  const columns: readonly DataColumn<Explained["seen"][number] & { readonly index: number }>[] = [
    {
      id: "address",
      head: "explain.address",
      isFixed: true,
      value: ({ text }) => text,
      cell: ({ text }) => text,
    },
    { id: "field", head: "explain.field", value: ({ field }) => field, cell: ({ field }) => field },
    {
      id: "verdict",
      head: "explain.verdict",
      value: verdict,
      cell: (each) => <StateMark state={each.rule === null ? "disabled" : "active"} word={verdict(each)} />,
    },
  ];
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
        <DataTable
          name="addresses"
          label={t("explain.links")}
          columns={columns}
          rows={seen.map((each, index) => ({ ...each, index }))}
          keyOf={({ index }) => String(index)}
          empty={{ what: t("none") }}
        />
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
