import { Button, Field, Input, Tab, TabList } from "@fluentui/react-components";
import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Explained, UsersPage } from "../../src/api/index.ts";
import { ActButton } from "../acts.tsx";
import { ask, look, Refused } from "../api.ts";
import { Explanation } from "../explanation.tsx";
import { useLayout } from "../layout.ts";
import { Fault, PageTitle } from "../page-states.tsx";
import { type Organizer, TextToExplain } from "../text-to-explain.tsx";
import { useWords } from "../words.ts";

/** The one user whom an address or an id means. Rejects with Refused when there is none, or several. */
const userOf = async (org: string, named: string): Promise<string> => {
  if (!named.includes("@")) return named;
  const search = new URLSearchParams({ search: named, limit: "2" });
  const { rows } = await look<UsersPage>(`/o/${org}/users?${search.toString()}`);
  const exact = rows.filter(({ mailAddress }) => mailAddress.toLowerCase() === named.toLowerCase());
  const [user] = exact.length > 0 ? exact : rows;
  if (user === undefined || (exact.length === 0 && rows.length > 1)) throw new Refused("noSuchUser", 404);
  return user.id;
};

function OfMailbox({ org }: { readonly org: string }) {
  const layout = useLayout();
  const t = useWords();
  const [user, setUser] = useState("");
  const [eventId, setEventId] = useState("");
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: async () => {
      const id = await userOf(org, user.trim());
      return ask<Explained>(`/o/${org}/users/${encodeURIComponent(id)}/explanations`, { eventId });
    },
  });
  const isNamed = user.trim() !== "" && eventId.trim() !== "";
  const why = isNamed ? undefined : t("explain.nameEvent");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isNamed) mutate();
  };
  return (
    <form onSubmit={submit}>
      <div className={layout.formLine}>
        <Field label={t("explain.user")}>
          <Input value={user} onChange={(_event, { value }) => setUser(value)} />
        </Field>
        <Field label={t("explain.eventId")}>
          <Input value={eventId} onChange={(_event, { value }) => setEventId(value)} />
        </Field>
        <ActButton appearance="primary" asks="support" why={why} onClick={() => mutate()}>
          {t("explain.do")}
        </ActButton>
      </div>
      {isPending && <p role="status">{t("explain.asking")}</p>}
      {error && <Fault error={error} />}
      {data && !isPending && <Explanation explained={data} />}
    </form>
  );
}

function OfText({ org }: { readonly org: string }) {
  const t = useWords();
  const [given, setGiven] = useState<{ readonly text: string; readonly organizer: Organizer }>({
    text: "",
    organizer: "internal",
  });
  const { mutate, data, error } = useMutation({
    mutationFn: () => ask<Explained>(`/o/${org}/explanations`, given),
  });
  const isGiven = given.text.trim() !== "";
  return (
    <>
      <TextToExplain {...given} changed={setGiven} />
      <p>
        <Button
          appearance="primary"
          disabledFocusable={!isGiven}
          onClick={() => {
            if (isGiven) mutate();
          }}
        >
          {t("explain.do")}
        </Button>
      </p>
      {error && <Fault error={error} />}
      {data && <Explanation explained={data} />}
    </>
  );
}

/** Why a meeting got its link, or did not: an event of a mailbox, a text, or a file. */
export function Explain() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const [tab, setTab] = useState("text");
  return (
    <div className={layout.page}>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={t("nav.explain")}>{t("nav.explain")}</PageTitle>
          <p className={layout.lead}>{t("explain.lead")}</p>
        </div>
        <Link to="/o/$org/explain/rules" params={{ org }}>
          {t("nav.rules")}
        </Link>
      </div>
      <TabList selectedValue={tab} onTabSelect={(_event, { value }) => setTab(String(value))}>
        <Tab value="text">{t("explain.tab.text")}</Tab>
        <Tab value="mailbox">{t("explain.tab.mailbox")}</Tab>
      </TabList>
      {tab === "text" ? <OfText org={org} /> : <OfMailbox org={org} />}
    </div>
  );
}
