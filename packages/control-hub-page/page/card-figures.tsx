import type { HybridCard } from "../src/api/index.ts";
import { When } from "./clock.tsx";
import { useWords } from "./words.ts";

/** The numbers of a card, in words. */
export function CardFigures({ card }: { readonly card: HybridCard }) {
  const t = useWords();
  const { service, figures, lastAt } = card;
  const counted = { calendar: "users", groups: "teams", archive: "connectors" } as const;
  return (
    <>
      {t(`hybrid.${service}.figures`, { count: figures[counted[service]] ?? 0 })}
      {service === "calendar" && ` · ${t("hybrid.calendar.tenants", { count: figures["tenants"] ?? 0 })}`}
      {lastAt !== null && (
        <>
          {" · "}
          {t("hybrid.archive.last")} <When at={lastAt} />
        </>
      )}
    </>
  );
}
