import { expect, test } from "vitest";
import { readTokens, writtenTokens } from "../src/auth/stored-tokens.ts";
import { expired } from "./token-world.ts";

test("tokens are read as they were written", () => {
  const tokens = { ...expired("a"), previousRefreshToken: "before" };
  expect(readTokens(writtenTokens(tokens))).toEqual(tokens);
});

test.each([
  ["no JSON", "sesame-1", "the whole"],
  ["half of it", writtenTokens(expired("sesame-1")).slice(0, -2), "the whole"],
  ["a field of another kind", JSON.stringify({ ...expired("sesame-1"), refreshToken: 7 }), "refreshToken"],
])("%s is refused by the field's name, and nothing is quoted", (_, text, field) => {
  expect(() => readTokens(text)).toThrow(field);
  expect(() => readTokens(text)).toThrow(/^(?!.*sesame)/s);
});
