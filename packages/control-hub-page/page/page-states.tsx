import { Button, makeStyles, Skeleton, SkeletonItem, tokens } from "@fluentui/react-components";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Refused } from "./api.ts";
import { useLayout } from "./layout.ts";
import { hub } from "./theme.ts";
import { hasWord, useWords } from "./words.ts";

const useStyles = makeStyles({
  fault: {
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: hub.hubErrorWash,
    padding: "16px 18px",
    margin: "16px 0",
    display: "grid",
    gap: "8px",
    justifyItems: "start",
    fontSize: "13px",
    lineHeight: "20px",
  },
  what: { margin: 0, fontWeight: tokens.fontWeightSemibold, fontSize: "14px" },
  p: { margin: 0, color: tokens.colorNeutralForeground2 },
  empty: { padding: "40px 0", display: "grid", gap: "8px", justifyItems: "start", fontSize: "14px" },
  bars: { display: "grid", gap: "14px", padding: "18px 0" },
});

/** What a fault means, in words; its own sentence only for what this page has no words for. */
export const useFaultText = (): ((error: unknown) => string) => {
  const t = useWords();
  return (error) => {
    const name = error instanceof Refused ? `fault.code.${error.code}` : "";
    return hasWord(name) ? t(name) : t("fault.code.other");
  };
};

/** A part that could not be loaded: what, why, what to do. The rest of the page works. */
export function Fault({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const textOf = useFaultText();
  const instance = error instanceof Refused ? error.instance : undefined;
  const status = error instanceof Refused ? error.status : 0;
  // Who may not see it, or is signed out, is not helped by looking again.
  const isClosed = status === 401 || status === 403;
  const what = status === 401 ? "signedOut.title" : status === 403 ? "fault.closed" : "fault.part";
  return (
    <div className={styles.fault} role="alert">
      <p className={styles.what}>{t(what)}</p>
      <p className={styles.p}>{textOf(error)}</p>
      {instance && <p className={layout.quiet}>{t("fault.id", { id: instance })}</p>}
      {status === 401 && (
        <Button size="small" as="a" href="/signed-out">
          {t("signedOut.signIn")}
        </Button>
      )}
      {again && !isClosed && (
        <Button size="small" onClick={again}>
          {t("action.checkAgain")}
        </Button>
      )}
    </div>
  );
}

const useAfter = (ms: number): boolean => {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return isOver;
};

/** Nothing for a moment, then what will stand here as bars, and after a while that it takes long. */
export function Loading({ rows = 6 }: { readonly rows?: number }) {
  const styles = useStyles();
  const t = useWords();
  const isShown = useAfter(200);
  const isLong = useAfter(5_000);
  if (!isShown) return null;
  return (
    <div role="status">
      <Skeleton className={styles.bars} aria-label={t("load.loading")}>
        {Array.from({ length: rows }, (_, index) => (
          <SkeletonItem key={index} size={24} />
        ))}
      </Skeleton>
      {isLong && <span>{t("load.still")}</span>}
    </div>
  );
}

/** Nothing is here: what will be, and what brings it. */
export function Empty({
  what,
  how,
  children,
}: {
  readonly what: string;
  readonly how?: string;
  readonly children?: ReactNode;
}) {
  const styles = useStyles();
  const layout = useLayout();
  return (
    <div className={styles.empty}>
      <span className={layout.strong}>{what}</span>
      {how && <span className={layout.quiet}>{how}</span>}
      {children}
    </div>
  );
}

/** The heading of a page: it gets the focus when the page comes, and names the window. */
export function PageTitle({ children, title }: { readonly children: ReactNode; readonly title: string }) {
  const layout = useLayout();
  const t = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = t("page.title", { page: title });
  }, [t, title]);
  return (
    <h1 className={layout.h1} tabIndex={-1} ref={heading}>
      {children}
    </h1>
  );
}
