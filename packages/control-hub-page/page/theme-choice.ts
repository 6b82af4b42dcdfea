import { createContext, useContext } from "react";

/** Whether the page is dark, and what makes it so. */
export interface ThemeChoice {
  readonly isDark: boolean;
  readonly setDark: (isDark: boolean) => void;
}

const kept = "hub-dark";

/** What the person chose before, else what the system wants. */
export const preferredDark = (): boolean => {
  const chosen = localStorage.getItem(kept);
  return chosen === null ? matchMedia("(prefers-color-scheme: dark)").matches : chosen === "true";
};

/** Keeps the choice for the next visit. */
export const keepDark = (isDark: boolean): void => localStorage.setItem(kept, String(isDark));

/** Given by the whole page. */
export const ThemeChoiceContext = createContext<ThemeChoice>({ isDark: false, setDark: () => undefined });

/** The theme, and what changes it. */
export const useThemeChoice = (): ThemeChoice => useContext(ThemeChoiceContext);
