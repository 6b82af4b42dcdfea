import { openRun } from "./shared.ts";

/** Vitest calls it once before a project's tests, and what it returns after them. */
export const setup = (): Promise<() => Promise<void>> => openRun();
