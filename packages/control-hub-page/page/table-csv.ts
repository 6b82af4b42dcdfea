import { csvForm } from "../src/api/csv-form.ts";

/** A table as a file of this computer: what is seen of it, in the order in which it is seen. */
export const saveCsv = async (
  name: string,
  rows: readonly (readonly (string | number | null)[])[],
): Promise<void> => {
  // It is needed when somebody asks for the file, and not before.
  const { stringify } = await import("csv-stringify/browser/esm/sync");
  const text = csvForm.begin + stringify(rows as (string | number | null)[][], csvForm.options);
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(url);
};
