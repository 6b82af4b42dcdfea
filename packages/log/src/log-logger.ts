/** Where the log complains; pino fits. Fields hold ids, never content. */
export interface LogLogger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}
