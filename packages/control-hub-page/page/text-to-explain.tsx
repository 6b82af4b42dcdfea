import { Button, Field, mergeClasses, Radio, RadioGroup, Textarea } from "@fluentui/react-components";
import { type ChangeEvent, useRef } from "react";
import { useLayout } from "./layout.ts";
import { useWords } from "./words.ts";

/** Whose invitation is explained. */
export type Organizer = "internal" | "external";

/** A text that is pasted, or read from a file of this computer. */
export function TextToExplain({
  text,
  organizer,
  changed,
}: {
  readonly text: string;
  readonly organizer: Organizer;
  readonly changed: (given: { readonly text: string; readonly organizer: Organizer }) => void;
}) {
  const layout = useLayout();
  const t = useWords();
  const file = useRef<HTMLInputElement>(null);
  const read = async ({ target }: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const [chosen] = target.files ?? [];
    if (chosen) changed({ text: await chosen.text(), organizer });
  };
  return (
    <>
      <Field label={t("explain.text")} className={layout.below} hint={t("explain.textHint")}>
        <Textarea
          value={text}
          rows={7}
          resize="vertical"
          onChange={(_event, { value }) => changed({ text: value, organizer })}
        />
      </Field>
      <div className={mergeClasses(layout.buttons, layout.below)}>
        <Button onClick={() => file.current?.click()}>{t("explain.file")}</Button>
        <input
          ref={file}
          type="file"
          hidden
          accept=".json,.html,.htm,.txt,.eml"
          aria-label={t("explain.file")}
          onChange={(event) => void read(event)}
        />
        <RadioGroup
          layout="horizontal"
          value={organizer}
          aria-label={t("explain.organizer")}
          onChange={(_event, { value }) => changed({ text, organizer: value as Organizer })}
        >
          <Radio value="internal" label={t("explain.internal")} />
          <Radio value="external" label={t("explain.external")} />
        </RadioGroup>
      </div>
    </>
  );
}
