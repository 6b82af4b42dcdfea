import { Field, makeStyles, Select, Tab, TabList, Textarea, tokens } from "@fluentui/react-components";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { DetailsPreviews, DetailsWanted, SettingsWanted } from "../src/api/index.ts";
import { ownTextMax, primaryLanguage } from "../src/api/keyword-form.ts";
import { useLayout } from "./layout.ts";
import { Fault, Loading } from "./page-states.tsx";
import { detailsPreviewQuery } from "./queries.ts";
import { isSite } from "./settings-changes.ts";
import { hub } from "./theme.ts";
import { useWords } from "./words.ts";

const useStyles = makeStyles({
  // A mail is dark on white, whatever the page is.
  frame: {
    width: "100%",
    height: "340px",
    border: `1px solid ${hub.hubLine}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: "#ffffff",
    boxSizing: "border-box",
    marginTop: "12px",
  },
  text: {
    minHeight: "340px",
    margin: "12px 0 0",
    padding: "12px",
    border: `1px solid ${hub.hubLine}`,
    borderRadius: tokens.borderRadiusLarge,
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
    fontSize: "13px",
    boxSizing: "border-box",
  },
  tools: { display: "flex", gap: "12px", flexWrap: "wrap", alignItems: "flex-end", marginTop: "12px" },
});

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createHTML: (html: string) => string },
  ): { createHTML(html: string): string };
}

/** The browser takes HTML for a frame only from a policy; the frame runs no script and reaches nothing. */
const policy = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy(
  "hub-preview",
  { createHTML: (html) => html },
);

const nonceOf = (): string =>
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";

const paper =
  "body{font:14px/1.45 system-ui,sans-serif;color:#111;background:#fff;margin:14px;overflow-wrap:anywhere}";

/** A mail, as its program shows it: apart from the page, without scripts. */
function Mail({ html, title }: { readonly html: string; readonly title: string }) {
  const styles = useStyles();
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    if (!frame.current) return;
    const whole = `<style nonce="${nonceOf()}">${paper}</style>${html}`;
    frame.current.srcdoc = policy ? policy.createHTML(whole) : whole;
  }, [html]);
  return <iframe ref={frame} className={styles.frame} sandbox="" title={title} />;
}

const waitMs = 300;

/** What somebody types is looked up when there is a moment's pause. */
const useSettled = <Value,>(value: Value): Value => {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as Value), waitMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
};

/** What of settings is seen in an invitation; what cannot be sent yet is left out. */
const seenOf = (settings: SettingsWanted): SettingsWanted => {
  const { join } = settings;
  const cut = (text: string): string => text.slice(0, ownTextMax);
  return {
    ...settings,
    join: {
      ...join,
      keywords: [],
      site: join.site !== null && isSite(join.site) ? join.site : null,
      texts: join.texts.map(({ language, header, footer }) => ({
        language,
        header: cut(header),
        footer: cut(footer),
      })),
      excluded: {
        allDay: false,
        free: false,
        private: false,
        noInvitees: false,
        categories: [],
        subjectPattern: null,
      },
    },
  };
};

type Shown = DetailsPreviews["previews"][number];

/** In whose language, of what, and how it is looked at. */
function Looks({
  previews,
  shown,
  choose,
  place,
  setPlace,
  isPlain,
  setPlain,
}: {
  readonly previews: readonly Shown[];
  readonly shown: Shown | undefined;
  readonly choose: (language: string) => void;
  readonly place: DetailsWanted["place"];
  readonly setPlace: (place: DetailsWanted["place"]) => void;
  readonly isPlain: boolean;
  readonly setPlain: (isPlain: boolean) => void;
}) {
  const styles = useStyles();
  const t = useWords();
  return (
    <div className={styles.tools}>
      <Field label={t("settings.preview.language")}>
        <Select value={shown?.language ?? ""} onChange={(_event, { value }) => choose(value)}>
          {previews.map((each) => (
            <option key={each.language} value={each.language} lang={each.language}>
              {each.name}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t("settings.preview.place")}>
        <Select value={place} onChange={(_event, { value }) => setPlace(value as DetailsWanted["place"])}>
          {(["personalRoom", "space", "oneTime"] as const).map((each) => (
            <option key={each} value={each}>
              {t(`settings.place.${each}`)}
            </option>
          ))}
        </Select>
      </Field>
      <TabList
        size="small"
        selectedValue={isPlain ? "text" : "html"}
        onTabSelect={(_event, { value }) => setPlain(value === "text")}
      >
        <Tab value="html">{t("settings.preview.html")}</Tab>
        <Tab value="text">{t("settings.preview.text")}</Tab>
      </TabList>
    </div>
  );
}

/** An invitation with join details by these settings, made by what edits real invitations. */
export function DetailsPreview({
  org,
  settings,
  language,
  choose,
}: {
  readonly org: string;
  readonly settings: SettingsWanted;
  readonly language: string;
  readonly choose: (language: string) => void;
}) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const [place, setPlace] = useState<DetailsWanted["place"]>("personalRoom");
  const [written, setWritten] = useState<string | undefined>();
  const [isPlain, setPlain] = useState(false);
  const invitation = written ?? t("settings.preview.sample");
  const wanted = useSettled({ settings: seenOf(settings), place, invitation });
  const asked = { ...detailsPreviewQuery(org, wanted), placeholderData: keepPreviousData };
  const { data, error, refetch } = useQuery(asked);
  const previews = data?.previews ?? [];
  const shown = previews.find((each) => each.language === primaryLanguage(language)) ?? previews[0];
  return (
    <section aria-label={t("settings.preview")}>
      <h2 className={layout.h2}>{t("settings.preview")}</h2>
      <p className={layout.quiet}>{t("settings.previewLead")}</p>
      <Looks {...{ previews, shown, choose, place, setPlace, isPlain, setPlain }} />
      {error && <Fault error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {shown && !isPlain && (
        <Mail html={shown.html} title={t("settings.preview.title", { language: shown.name })} />
      )}
      {shown && isPlain && (
        <p className={styles.text} lang={shown.language} dir="auto">
          {shown.text}
        </p>
      )}
      <Field label={t("settings.preview.invitation")} className={layout.field}>
        <Textarea value={invitation} rows={2} onChange={(_event, { value }) => setWritten(value)} />
      </Field>
    </section>
  );
}
