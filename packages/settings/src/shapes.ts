import { durationText, unitMs } from "./duration-text.ts";
import { nearestHint } from "./nearest.ts";
import type { Read } from "./setting.ts";
import { Setting } from "./setting.ts";

/** What every setting of a number has. */
interface NumberOptions {
  readonly meaning: string;
  readonly min: number;
  readonly max: number;
}

const within = (number: number, { min, max }: NumberOptions, fault: string): Read<number> =>
  number >= min && number <= max ? { value: number } : { fault };

/** A whole number in decimal digits, `min` to `max`. */
export const whole = (options: NumberOptions & { readonly unit?: string }): Setting<number> => {
  const { min, max, unit, meaning } = options;
  const fault = `must be a whole number from ${min} to ${max}`;
  return new Setting({
    form: "whole number",
    meaning,
    bounds: `${min} to ${max}`,
    ...(unit === undefined ? {} : { unit }),
    read: (text) => (/^\d{1,15}$/.test(text) ? within(Number(text), options, fault) : { fault }),
  });
};

/** A port of TCP; 0 takes a free one. */
export const port = ({ meaning }: { readonly meaning: string }): Setting<number> =>
  whole({ meaning, min: 0, max: 65_535 });

/** A number that may have a fraction after a point, `min` to `max`. */
export const decimal = (options: NumberOptions & { readonly unit?: string }): Setting<number> => {
  const { min, max, unit, meaning } = options;
  const fault = `must be a number from ${min} to ${max}, such as ${min} or ${max}`;
  return new Setting({
    form: "number",
    meaning,
    bounds: `${min} to ${max}`,
    ...(unit === undefined ? {} : { unit }),
    read: (text) => (/^\d{1,15}(\.\d{1,9})?$/.test(text) ? within(Number(text), options, fault) : { fault }),
  });
};

/**
 * A length of time, `min` to `max` milliseconds, as a whole number with its unit (`500ms`, `45s`, `10m`,
 * `24h`, `7d`); without a unit it is milliseconds.
 */
export const duration = (options: NumberOptions): Setting<number> => {
  const { min, max, meaning } = options;
  const bounds = `${durationText(min)} to ${durationText(max)}`;
  const fault = `must be a whole number with a unit (ms, s, m, h, d), from ${bounds}; without one it is ms`;
  return new Setting({
    form: "duration",
    meaning,
    unit: "milliseconds, or as written",
    bounds,
    show: durationText,
    read: (text) => {
      const { count, unit = "ms" } = /^(?<count>\d{1,15})(?<unit>ms|s|m|h|d)?$/.exec(text)?.groups ?? {};
      return count === undefined
        ? { fault }
        : within(Number(count) * (unitMs[unit] ?? Number.NaN), options, fault);
    },
  });
};

/** One of some words. */
export const choice = <const Word extends string>(
  words: readonly Word[],
  { meaning }: { readonly meaning: string },
): Setting<Word> => {
  const bounds = words.join(", ");
  return new Setting({
    form: "word",
    meaning,
    bounds,
    read: (text) => {
      const value = words.find((word) => word === text);
      return value === undefined
        ? { fault: `must be one of ${bounds}${nearestHint(text, words).replace(/^\.$/, "")}` }
        : { value };
    },
  });
};

/** `true` or `false`. */
export const flag = ({ meaning }: { readonly meaning: string }): Setting<boolean> =>
  new Setting({
    form: "true or false",
    meaning,
    read: (text) =>
      text === "true" || text === "false" ? { value: text === "true" } : { fault: "must be true or false" },
  });

/** A text; with a `pattern`, one that has this form, which `must` puts into words. */
export const text = ({
  meaning,
  pattern,
  must,
}: {
  readonly meaning: string;
  readonly pattern?: RegExp;
  readonly must?: string;
}): Setting<string> =>
  new Setting({
    form: "text",
    meaning,
    ...(must === undefined ? {} : { bounds: must }),
    read: (given) =>
      pattern && !pattern.test(given) ? { fault: `must be ${must ?? String(pattern)}` } : { value: given },
  });

/** What an address may be. */
export interface UrlOptions {
  readonly meaning: string;
  /** Without colon, for example `https`. */
  readonly protocols: readonly string[];
  /** What it must be, in words; from the protocols when left out. */
  readonly must?: string;
}

const article = (word: string): string => (/^[aeh]/.test(word) ? "an" : "a");

/** How the text of an address is read: absolute, with one of the protocols, kept as it is written. */
export const readUrl = ({ protocols, must }: UrlOptions): ((text: string) => Read<string>) => {
  const [first = ""] = protocols;
  const fault = `must be ${must ?? `${article(first)} ${protocols.join(" or ")} address`}`;
  return (given) => {
    const parsed = URL.canParse(given) ? new URL(given) : undefined;
    const fits = parsed !== undefined && protocols.includes(parsed.protocol.slice(0, -1));
    return fits && given.includes("://") ? { value: given } : { fault };
  };
};

/** An absolute address. */
export const url = (options: UrlOptions): Setting<string> =>
  new Setting({
    form: "address",
    meaning: options.meaning,
    bounds: options.protocols.join(", "),
    read: readUrl(options),
  });

/** How a list is read: parts between commas, each read for itself; blanks around a part do not count. */
export const readList =
  <Value>(readPart: (text: string) => Read<Value>): ((text: string) => Read<readonly Value[]>) =>
  (given) => {
    const values: Value[] = [];
    for (const part of given.split(",")) {
      const read = readPart(part.trim());
      if ("fault" in read) return { fault: `${read.fault}; several are separated by commas` };
      values.push(read.value);
    }
    return { value: values };
  };

/** One or more values between commas, each as `item` reads it. */
export const commaList = <Value>(item: Setting<Value>): Setting<readonly Value[]> =>
  new Setting({
    ...item.parts,
    form: `list of ${item.parts.form}s, between commas`,
    read: readList(item.parts.read),
    show: (values: readonly Value[]) =>
      values.map((value) => ((item.parts.show ?? String) as (one: Value) => string)(value)).join(","),
  });
