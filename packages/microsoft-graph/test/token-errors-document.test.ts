import { join } from "node:path";
import { expect, test } from "vitest";
import { tokenErrorRules } from "../src/errors/token-error-rules.ts";

const lookUp = (number: number): string =>
  `[${number}](https://login.microsoftonline.com/error?code=${number})`;

/** docs/AADSTS.md as the client's table says it. */
const tokenErrorsDocument = (): string => `# Refusals of the token endpoint

Written by \`pnpm exec vitest run -u packages/microsoft-graph/test/token-errors-document.test.ts\` from
\`packages/microsoft-graph/src/errors/token-error-rules.ts\`; do not edit. The test finds it stale.

What Microsoft Entra's AADSTS numbers mean for an application that signs in by itself, with a certificate.
Each number leads to Entra's own page about it. Where an answer holds several, the first row that knows one
decides; the last row only when no other does. Of numbers that only a person's sign-in can get those are here
that the redemption of its code gives.
A number that is not listed is judged by the OAuth \`error\` beside it, and an answer without one is
\`unavailable\`: something on the way gave it.

[ERRORS.md](ERRORS.md) says what the system does about each code.

| numbers | code | why | source |
|---|---|---|---|
${tokenErrorRules
  .map(
    ({ numbers, code, because, source }) =>
      `| ${numbers.map(lookUp).join(" ")} | \`${code}\` | ${because} | <${source}> |`,
  )
  .join("\n")}
`;

test("docs/AADSTS.md is what the table says now", async () => {
  const path = join(import.meta.dirname, "../../../docs/AADSTS.md");
  await expect(tokenErrorsDocument()).toMatchFileSnapshot(path);
});
