import { type Read, Setting } from "./setting.ts";

/**
 * What nobody else may read. It stands in the variable, or in the file that the variable with `_FILE` at its
 * end names; an end of line at the file's end does not count.
 */
export const secret = <Value = string>({
  meaning,
  form = "secret",
  read = (text) => ({ value: text as Value }),
}: {
  readonly meaning: string;
  readonly form?: string;
  readonly read?: (text: string) => Read<Value>;
}): Setting<Value> => new Setting({ form, meaning, source: "secret", read });

/** A certificate, a chain of them, or a private key in PEM; secrets alike, in a variable or a file. */
export const pem = ({ meaning }: { readonly meaning: string }): Setting<string> =>
  secret({
    meaning,
    form: "PEM",
    read: (text) =>
      /-----BEGIN [A-Z0-9 ]+-----/.test(text)
        ? { value: text }
        : { fault: "is no PEM, which begins with -----BEGIN" },
  });

/**
 * A secret that others renew while the process runs: its file is read again before each use. The value
 * resolves to what stands there then, without blanks around it, and rejects when the file cannot be read.
 */
export const renewedSecret = ({ meaning }: { readonly meaning: string }): Setting<() => Promise<string>> =>
  new Setting({
    form: "secret, read again before each use",
    meaning,
    source: "renewed",
    read: (text) => ({ value: () => Promise.resolve(text.trim()) }),
  });
