import { readFile, stat } from "node:fs/promises";
import { ProviderError } from "@hybrid/kernel";
import { z } from "zod";

const tokensSchema = z.record(z.string(), z.string().min(1));

/** Finds the token that a person has given; null when there is none. Rejects with ProviderError. */
export type TokenOf = (personUuid: string) => Promise<string | null>;

/** Nobody has given one. */
export const noTokens: TokenOf = async () => null;

/**
 * Tokens of persons in a JSON file, `{"<UUID of the person>": "<token>"}`, which another program keeps. It is
 * read again when it has changed. What is wrong with it never shows what it holds.
 */
export const tokensIn = (path: string): TokenOf => {
  let known: { readonly version: string; readonly tokens: Readonly<Record<string, string>> } | null = null;
  const load = async (): Promise<Readonly<Record<string, string>>> => {
    const { mtimeMs, size } = await stat(path);
    const version = `${mtimeMs} ${size}`;
    if (known?.version === version) return known.tokens;
    const read = tokensSchema.parse(JSON.parse(await readFile(path, "utf8")));
    const tokens = Object.fromEntries(
      Object.entries(read).map(([uuid, token]) => [uuid.toLowerCase(), token]),
    );
    known = { version, tokens };
    return tokens;
  };
  return async (personUuid) => {
    try {
      return (await load())[personUuid.toLowerCase()] ?? null;
    } catch (error) {
      const why =
        error instanceof SyntaxError || error instanceof z.ZodError
          ? "holds no map of tokens"
          : "cannot be read";
      throw new ProviderError(
        `the file in PRESENCE_PERSON_TOKENS_FILE ${why}; correct it and it is read again`,
        {
          code: "unauthorized",
          retryable: true,
        },
      );
    }
  };
};
