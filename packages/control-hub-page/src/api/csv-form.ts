/** How every file of CSV is written, by the service and by the page. */
export const csvForm = {
  /** The byte order mark, by which spreadsheets take a text for UTF-8. */
  begin: "\uFEFF",
  /** What begins like a formula is none to a spreadsheet. */
  options: { record_delimiter: "windows", escape_formulas: true },
} as const;
