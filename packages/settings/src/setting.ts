/** What reading one text gave: the value, or what is wrong with the text (never the text itself). */
export type Read<Value> = { readonly value: Value } | { readonly fault: string };

/** What a setting is made of. */
export interface SettingParts<Value> {
  /** The form of its text as people call it, for example `whole number`. */
  readonly form: string;
  /** One sentence: what it is for. */
  readonly meaning: string;
  /** What its number counts, for example `bytes`. */
  readonly unit?: string;
  /** What it may be, for example `1 to 1024`. */
  readonly bounds?: string;
  /** Plain text; a secret, which may also stand in a file; or one that is read again before each use. */
  readonly source?: "text" | "secret" | "renewed";
  readonly read: (text: string) => Read<Value>;
  /** The value as it would be written; `String` when left out. */
  readonly show?: (value: never) => string;
}

/** One setting: name apart, everything that is to be known of it, and how its text is read. */
export class Setting<Value> {
  readonly parts: SettingParts<Value>;
  /** What holds when nothing is given, as it would be written; null: nothing. */
  readonly defaultText: string | null;
  readonly required: boolean;
  readonly #fallback: Value | undefined;

  constructor(
    parts: SettingParts<Value>,
    otherwise: { readonly required: boolean; readonly value?: Value } = { required: true },
  ) {
    this.parts = parts;
    this.required = otherwise.required;
    this.#fallback = otherwise.value;
    const show = (parts.show ?? String) as (value: Value) => string;
    this.defaultText = otherwise.value === undefined ? null : show(otherwise.value);
  }

  get isSecret(): boolean {
    return this.parts.source !== undefined && this.parts.source !== "text";
  }

  /** What holds when nothing is given. */
  get fallback(): Value {
    return this.#fallback as Value;
  }

  /** The same setting with a value for when nothing is given. */
  orElse(value: Value): Setting<Value> {
    return new Setting(this.parts, { required: false, value });
  }

  /** The same setting, which may be left out. */
  optional(): Setting<Value | undefined> {
    return new Setting<Value | undefined>(this.parts, { required: false });
  }
}
