import { Button, Field, Textarea } from "@fluentui/react-components";
import { ArrowDownloadRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Explained, Rules } from "../../src/api/index.ts";
import { ActButton, Confirm } from "../acts.tsx";
import { ask } from "../api.ts";
import { Explanation } from "../explanation.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { Fault, Loading, PageTitle } from "../page-states.tsx";
import { rulesQuery } from "../queries.ts";
import { StateMark } from "../signs.tsx";
import { type Organizer, TextToExplain } from "../text-to-explain.tsx";
import { useWords } from "../words.ts";

const emptyDocument = '{\n  "addresses": []\n}';

/** As people edit it: one member a line. */
const spread = (document: string | null): string =>
  document === null ? emptyDocument : JSON.stringify(JSON.parse(document), null, 2);

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // What is wrong with it the person sees by trying it.
    return false;
  }
};

/** The rules as they stand in the editor, on a text. */
function Trial({
  org,
  document,
  why,
}: {
  readonly org: string;
  readonly document: string;
  /** Why the rules cannot be tried; undefined: they can. */
  readonly why: string | undefined;
}) {
  const layout = useLayout();
  const t = useWords();
  const [given, setGiven] = useState<{ readonly text: string; readonly organizer: Organizer }>({
    text: "",
    organizer: "internal",
  });
  const trial = useMutation({
    mutationFn: () => ask<Explained>(`/o/${org}/explanations`, { ...given, rules: document }),
  });
  const whyNoTrial = given.text.trim() === "" ? t("rules.giveText") : why;
  return (
    <>
      <h2 className={`${layout.h2} ${layout.apart}`}>{t("rules.try")}</h2>
      <p className={layout.lead}>{t("rules.tryLead")}</p>
      <TextToExplain {...given} changed={setGiven} />
      <p>
        <Button
          disabledFocusable={whyNoTrial !== undefined}
          title={whyNoTrial}
          onClick={() => {
            if (whyNoTrial === undefined) trial.mutate();
          }}
        >
          {t("rules.tryNow")}
        </Button>
      </p>
      {trial.error && <Fault error={trial.error} />}
      {trial.data && <Explanation explained={trial.data} />}
    </>
  );
}

function Editor({ org, rules }: { readonly org: string; readonly rules: Rules }) {
  const layout = useLayout();
  const t = useWords();
  const [document, setDocument] = useState(() => spread(rules.document));
  const { give, progress } = useOrder(true);
  const path = `/o/${org}/rules/orders`;
  const why = isJson(document) ? undefined : t("rules.noJson");
  return (
    <>
      <h2 className={`${layout.h2} ${layout.apart}`}>{t("rules.own")}</h2>
      <p className={layout.lead}>{t("rules.ownLead")}</p>
      <Field label={t("rules.document")}>
        <Textarea
          value={document}
          rows={12}
          resize="vertical"
          spellCheck={false}
          onChange={(_event, { value }) => setDocument(value)}
        />
      </Field>
      <div className={layout.buttons}>
        <ActButton
          appearance="primary"
          why={why}
          onClick={() =>
            void give(path, {
              order: "set",
              document: JSON.stringify(JSON.parse(document)),
              version: rules.version,
            })
          }
        >
          {t("action.save")}
        </ActButton>
        <Confirm
          verb={t("rules.reset")}
          title={t("rules.confirmReset.title")}
          text={t("rules.confirmReset.text")}
          confirmed={() => void give(path, { order: "reset", version: rules.version })}
        />
        <span className={layout.quiet} role="status">
          {progress.text}
        </span>
      </div>
      <Trial org={org} document={document} why={why} />
    </>
  );
}

function List({ rules }: { readonly rules: Rules }) {
  const layout = useLayout();
  const t = useWords();
  const heads = ["explain.rule", "explain.service", "rules.for", "rules.from", "rules.used"] as const;
  return (
    <div className={layout.scroll}>
      <table className={layout.table}>
        <caption className={layout.hidden}>{t("rules.title")}</caption>
        <thead>
          <tr>
            {heads.map((word) => (
              <th key={word} className={layout.th}>
                {t(word)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rules.rules.map(({ kind, name, service, matches, from, enabled }) => (
            <tr key={`${kind} ${name} ${from}`}>
              <td className={layout.td}>
                <span className={layout.strong}>{name}</span>
              </td>
              <td className={layout.td}>{service}</td>
              <td className={layout.td}>{matches.join(", ")}</td>
              <td className={layout.td}>{t(`rules.from.${from}`)}</td>
              <td className={layout.td}>
                <StateMark state={enabled ? "active" : "disabled"} word={t(enabled ? "yes" : "no")} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The rules by which addresses of meetings are known: listed, edited, and tried before they are set. */
export function RulesPage() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const { data, error, refetch } = useQuery(rulesQuery(org));
  return (
    <div className={layout.page}>
      <nav className={layout.crumbs} aria-label={t("groups.where")}>
        <Link to="/o/$org/explain" params={{ org }}>
          {t("nav.explain")}
        </Link>
        <ChevronRightRegular /> {t("nav.rules")}
      </nav>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={t("rules.title")}>{t("rules.title")}</PageTitle>
          <p className={layout.lead}>{t("rules.lead")}</p>
        </div>
        <Button as="a" href={`/api/o/${org}/rules.csv`} icon={<ArrowDownloadRegular />}>
          {t("action.downloadCsv")}
        </Button>
      </div>
      {error && !data && <Fault error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && <List rules={data} />}
      {data && <Editor key={data.version} org={org} rules={data} />}
    </div>
  );
}
