import { ConfigError, DecodeError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { localKeyPort, newKeyEncryptionKey, textSeal } from "../src/index.ts";

const sealOf = (...keys: readonly string[]) =>
  textSeal(localKeyPort(() => Promise.resolve(keys.join("\n")), "KEYS"));

test("a sealed text opens for its purpose alone, and by the key that wraps it, also behind a newer one", async () => {
  const [old, young] = [newKeyEncryptionKey(), newKeyEncryptionKey()];
  const sealed = await sealOf(old).seal("sesame", "token a");
  expect(sealed).not.toContain("sesame");
  expect(await sealOf(young, old).open(sealed, "token a")).toBe("sesame");
  await expect(sealOf(old).open(sealed, "token b")).rejects.toThrow(DecodeError);
  await expect(sealOf(young).open(sealed, "token a")).rejects.toThrow(ConfigError);
});

test("what is no sealed text is refused without being repeated", async () => {
  const seal = sealOf(newKeyEncryptionKey());
  for (const text of ["sesame", '{"box":"sesame"}'])
    await expect(seal.open(text, "token a")).rejects.toThrow(/^(?!.*sesame).*is none$/s);
});
