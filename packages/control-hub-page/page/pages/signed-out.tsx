import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
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

/** The installation knows nobody yet. */
export function NoOrganisation() {
  return <Notice title="none.organisation" texts={["none.organisationHow"]} />;
}
