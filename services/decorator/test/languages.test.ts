import { describe, expect, test } from "vitest";
import { joinBlock, plainStyle } from "#domain/join-block";
import { catalogue, languages } from "#domain/languages/catalogue";
import { room } from "./bodies.ts";

/** Every text of a catalogue by its path. */
const textsOf = (words: object, path = ""): readonly (readonly [string, string])[] =>
  Object.entries(words).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "string"
      ? [[`${path}${name}`, value] as const]
      : textsOf(value as object, `${path}${name}.`),
  );

const placesIn = (text: string): readonly string[] => text.match(/\{\w+\}/g)?.toSorted() ?? [];

describe.each(languages)("%s", (language) => {
  const texts = textsOf(catalogue[language]);

  test("has every text, and places for the same numbers as in English", () => {
    const english = textsOf(catalogue.en);
    expect(texts.map(([path]) => path)).toEqual(english.map(([path]) => path));
    expect(texts.filter(([, text]) => text.trim() === "")).toEqual([]);
    expect(texts.map(([path, text]) => [path, placesIn(text)])).toEqual(
      english.map(([path, text]) => [path, placesIn(text)]),
    );
  });

  test("is a translation: no text but names is the English one", () => {
    const english = new Map(textsOf(catalogue.en));
    const same = texts.filter(([path, text]) => language !== "en" && english.get(path) === text);
    expect(same).toEqual([]);
  });

  test("labels lines so that no two of a block say the same", () => {
    const { html } = joinBlock({ ...room, meetingNumber: "1", password: "x" }, language, plainStyle);
    const labels = [...html.matchAll(/>(?<label>[^<>]+): /g)].map(({ groups }) => groups?.["label"]);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels.length).toBe(7);
  });
});
