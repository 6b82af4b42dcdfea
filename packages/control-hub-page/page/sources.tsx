import type { Overview } from "../src/api/index.ts";
import { When } from "./clock.tsx";
import { useLayout } from "./layout.ts";
import { useWords } from "./words.ts";

/** Where people come from, and how far each source is. */
export function Sources({ sources }: { readonly sources: Overview["sources"] }) {
  const layout = useLayout();
  const t = useWords();
  if (sources.length === 0) return null;
  return (
    <section aria-labelledby="sources">
      <h2 className={layout.h2} id="sources">
        {t("over.sources")}
      </h2>
      <dl className={layout.facts}>
        {sources.map(({ source, phase, read, endedAt, trouble }) => [
          <dt key={`${source} name`}>
            {source === "webex"
              ? t("over.source.webex")
              : t("over.source.graph", { tenant: source.replace(/^graph-/, "").slice(0, 8) })}
          </dt>,
          <dd key={source}>
            {t(phase === "done" ? "over.sourceDone" : "over.sourceRunning", { count: read })}
            {endedAt !== null && (
              <>
                {", "}
                <When at={endedAt} />
              </>
            )}
            {trouble !== null && ` · ${trouble}`}
          </dd>,
        ])}
      </dl>
    </section>
  );
}
