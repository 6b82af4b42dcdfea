import { hasWord, useWords, type Word } from "./words.ts";

/** A reason in words: what happened, what it means, what to do. */
export interface ReasonText {
  readonly what: string;
  readonly means: string;
  readonly todo: string;
}

/** Reasons in words; of those that are newer than this page the code is told. */
export const useReasons = (): ((code: string) => ReasonText) => {
  const t = useWords();
  return (code) => {
    const stem = hasWord(`reason.${code}`) ? `reason.${code}` : "reason.other";
    return {
      what: t(stem as Word, { code }),
      means: t(`${stem}.means` as Word),
      todo: t(`${stem}.todo` as Word),
    };
  };
};
