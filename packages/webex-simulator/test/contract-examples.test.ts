import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { allOperations } from "../src/operations/all.ts";
import { folder } from "./json-schema.ts";

interface Example {
  readonly evidence: string;
  readonly request: { readonly method: string; readonly path: string; readonly body?: object };
}

const examples = (): readonly (readonly [string, Example])[] => {
  const examplesFolder = join(folder ?? "", "webex-examples");
  return readdirSync(examplesFolder)
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(join(examplesFolder, name), "utf8")) as Example]);
};

const operationOf = ({ request }: Example) => {
  const path = request.path.startsWith("/identity") ? request.path : `/v1${request.path}`;
  return allOperations({} as never).find(
    (operation) =>
      operation.method === request.method && operation.path.replaceAll(/:(\w+)/g, "{$1}") === path,
  );
};

test.skipIf(!folder)("takes the bodies of the published examples, or says which field is a gap", () => {
  const checkedNames: string[] = [];
  for (const [name, example] of examples()) {
    const operation = operationOf(example);
    const { body } = example.request;
    if (!operation?.body || body === undefined || example.evidence !== "official-example") continue;
    const known = Object.fromEntries(
      Object.entries(body).filter(([field]) => !operation.gaps.includes(field)),
    );
    const result = operation.body.safeParse(known);
    expect([name, result.error?.issues ?? []]).toEqual([name, []]);
    checkedNames.push(name);
  }
  expect(checkedNames).toEqual(
    expect.arrayContaining(["webhooks-post-webhooks.json", "rooms-post-rooms.json"]),
  );
  expect(checkedNames.length).toBeGreaterThanOrEqual(8);
});
