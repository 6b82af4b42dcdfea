import { Button, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { PageTitle } from "../page-states.tsx";
import { signInWaysQuery } from "../queries.ts";
import { ProductSign } from "../signs.tsx";
import { hub } from "../theme.ts";
import { hasWord, useWords, type Word } from "../words.ts";

const useStyles = makeStyles({
  whole: { minHeight: "100%", display: "grid", placeItems: "center", backgroundColor: hub.hubCanvas },
  sheet: {
    backgroundColor: hub.hubSheet,
    borderRadius: tokens.borderRadiusXLarge,
    padding: "36px",
    maxWidth: "440px",
    boxShadow: hub.hubShadow,
    display: "grid",
    gap: "12px",
    fontSize: "14px",
    lineHeight: "21px",
  },
  p: { margin: 0, color: tokens.colorNeutralForeground2 },
});

function Notice({
  title,
  texts,
  children,
}: {
  readonly title: Word;
  readonly texts: readonly Word[];
  readonly children?: ReactNode;
}) {
  const styles = useStyles();
  const t = useWords();
  return (
    <main className={styles.whole}>
      <div className={styles.sheet}>
        <ProductSign />
        <PageTitle title={t(title)}>{t(title)}</PageTitle>
        {texts.map((text) => (
          <p key={text} className={styles.p}>
            {t(text)}
          </p>
        ))}
        {children}
      </div>
    </main>
  );
}

/** Where signing in by the provider begins. */
function SignInLink() {
  const t = useWords();
  return (
    <Button as="a" appearance="primary" href="/sign-in/start">
      {t("signedOut.signIn")}
    </Button>
  );
}

/** Nobody is signed in: why, and how to. */
export function SignedOut() {
  const { data } = useQuery(signInWaysQuery);
  const why = `signedOut.why.${new URLSearchParams(location.search).get("why") ?? ""}`;
  return (
    <Notice title="signedOut.title" texts={[hasWord(why) ? why : "signedOut.what", "signedOut.how"]}>
      {data?.hasProvider && <SignInLink />}
    </Notice>
  );
}

const organisationName = /^[a-z0-9_-]{1,64}$/;

/** The installation knows nobody yet: who may, begins here. */
export function NoOrganisation() {
  const t = useWords();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const isGood = organisationName.test(name);
  const go = (event: FormEvent): void => {
    event.preventDefault();
    if (isGood) void navigate({ to: "/o/$org/hybrid", params: { org: name } });
  };
  return (
    <Notice title="none.organisation" texts={["none.organisationHow"]}>
      <form onSubmit={go}>
        <Field label={t("none.organisationName")} hint={t("none.organisationForm")}>
          <Input value={name} onChange={(_event, { value }) => setName(value)} />
        </Field>
        <p>
          <Button type="submit" appearance="primary" disabledFocusable={!isGood}>
            {t("action.next")}
          </Button>
        </p>
      </form>
    </Notice>
  );
}
