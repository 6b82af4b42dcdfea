import { makeStyles, tokens } from "@fluentui/react-components";
import { PageTitle } from "../page-states.tsx";
import { ProductSign } from "../signs.tsx";
import { hub } from "../theme.ts";
import { useWords, type Word } from "../words.ts";

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

function Notice({ title, texts }: { readonly title: Word; readonly texts: readonly Word[] }) {
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
      </div>
    </main>
  );
}

/** Nobody is signed in: why, and how to. */
export function SignedOut() {
  return <Notice title="signedOut.title" texts={["signedOut.what", "signedOut.how"]} />;
}

/** The installation knows nobody yet. */
export function NoOrganisation() {
  return <Notice title="none.organisation" texts={["none.organisationHow"]} />;
}
