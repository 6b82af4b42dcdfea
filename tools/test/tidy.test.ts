import { expect, test } from "vitest";
import { faultText, tidy } from "../src/tidy.ts";

const names = ["calendar-changes", "user-status"];

const manifest = (name: string, more: object = {}): string =>
  JSON.stringify({
    name,
    license: "Apache-2.0",
    dependencies: { "@hybrid/kernel": "workspace:*", zod: "catalog:" },
    ...more,
  });

const table = "\n| file or folder | what it answers for |\n|---|---|\n";

/** A repository without a fault. */
const sound: Readonly<Record<string, string>> = {
  "README.md": "# Hybrid\n\n[Errors](docs/ERRORS.md#codes) and [docs](docs/), [web](https://example.org).\n",
  LICENSE: "Apache License",
  ...Object.fromEntries(
    ["ARCHITECTURE", "DESIGN", "GLOSSARY", "HACKING", "ERRORS", "TOPICS"].map((name) => [
      `docs/${name}.md`,
      `# ${name}\n`,
    ]),
  ),
  "package.json": manifest("hybrid-services", { dependencies: {}, devDependencies: { vitest: "catalog:" } }),
  "packages/kernel/package.json": manifest("@hybrid/kernel", { dependencies: {} }),
  "packages/kernel/README.md": table,
  "packages/runtime/package.json": manifest("@hybrid/runtime"),
  "packages/runtime/README.md": `${table}| \`src/loop.ts\`, \`test/\` | the loop |\n`,
  "packages/runtime/src/loop.ts": [
    'import { plus } from "@hybrid/kernel";',
    'import { z } from "zod";',
    'import { other } from "./other.ts";',
    "/** Adds. */",
    "// oxlint-disable-next-line some/rule -- because.",
    "export const loop = (at: number): string => `${plus(at, { a: 1 }.a)} / ${z} // ${other}`;",
    "/** Two of a kind. */",
    "export const one = 1;",
    "export const two = 2;",
    "",
  ].join("\n"),
  "packages/runtime/test/loop.test.ts": 'import { test } from "vitest";\ntest("it works", () => {});\n',
  "services/decorator/package.json": manifest("@hybrid/decorator"),
  "services/decorator/README.md": `${["Purpose", "Topics in and out", "State", "Calls", "Alarms"]
    .map((heading) => `## ${heading}\n`)
    .join("\n")}${table}`,
  "packages/runtime/test/waits.test.ts": '// sleep(5) is banned here.\nconst text = "sleep(5)";\n',
};

const faultsOf = (changes: Readonly<Record<string, string | undefined>>): readonly string[] => {
  const readmes = Object.keys(changes).flatMap(
    (path) => /^packages\/[^/]+\/(?=package\.json$)/.exec(path) ?? [],
  );
  const added = Object.fromEntries(readmes.map((folder) => [`${folder}README.md`, table]));
  const files = Object.entries({ ...added, ...sound, ...changes });
  return tidy(
    files.flatMap(([path, text]) => (text === undefined ? [] : [{ path, text }])),
    names,
  ).map(faultText);
};

test("a sound repository has no fault", () => {
  expect(faultsOf({})).toEqual([]);
});

const source = "packages/runtime/src/planted.ts";
const suite = "packages/runtime/test/planted.test.ts";

const planted: readonly (readonly [string, string, string, string])[] = [
  ["a file of 401 lines", source, "\n".repeat(401), `${source}:401 file-length: 401 lines; at most 400`],
  [
    "a long shell script",
    ".ci/run",
    `#!/bin/sh\n${"true\n".repeat(400)}`,
    ".ci/run:401 file-length: 401 lines; at most 400",
  ],
  [
    "a line of 111 characters",
    source,
    `\n// ${"x".repeat(108)}\n`,
    `${source}:2 line-length: 111 characters; at most 110`,
  ],
  [
    "a file in camel case",
    "packages/runtime/src/myFile.ts",
    "",
    `packages/runtime/src/myFile.ts:1 file-name: "myFile.ts" is not kebab-case`,
  ],
  ["a folder in camel case", "docs/Old/a.md", "", 'docs/Old/a.md:1 file-name: "Old" is not kebab-case'],
  [
    "a name that says nothing",
    "packages/runtime/src/string-utils.ts",
    "",
    `packages/runtime/src/string-utils.ts:1 banned-name: "string-utils" says nothing; name what it is for`,
  ],
  [
    "a folder that says nothing",
    "docs/common/a.md",
    "",
    'docs/common/a.md:1 banned-name: "common" says nothing; name what it is for',
  ],
  [
    "a dead link",
    "docs/adr/0001-a.md",
    "# A\n\nSee [b](../nowhere.md).\n",
    "docs/adr/0001-a.md:3 dead-link: ../nowhere.md leads nowhere",
  ],
  [
    "a path of one machine",
    "docs/a.md",
    `# A\n\nIn /home/me.\n`,
    `docs/a.md:3 machine-trace: "/home/" holds on one machine or network only`,
  ],
  [
    "a registry's host",
    "docs/a.md",
    `see registry.npmjs.org\n`,
    `docs/a.md:1 machine-trace: "npmjs.org" holds on one machine or network only`,
  ],
  [
    "an import that leaves the package",
    source,
    'import { a } from "../../kernel/src/a.ts";\n',
    `${source}:1 import: ../../kernel/src/a.ts leaves the package; import it by its name`,
  ],
  [
    "an undeclared import",
    source,
    'import a from "fastify";\n',
    `${source}:1 import: fastify is not in "dependencies" of packages/runtime/package.json`,
  ],
  [
    "a test's tool in the product",
    source,
    'import { test } from "vitest";\n',
    `${source}:1 import: vitest is not in "dependencies" of packages/runtime/package.json`,
  ],
  [
    "a lazily imported stranger",
    source,
    'const a = await import("@azure/msal-node/x");\n',
    `${source}:1 import: @azure/msal-node is not in "dependencies" of packages/runtime/package.json`,
  ],
  [
    "a topic's name",
    source,
    '\nconst name = "user-status";\n',
    `${source}:2 topic-name: "user-status" is (part of) a topic's name; take the topic from @hybrid/contracts`,
  ],
  [
    "a name derived from a topic's",
    source,
    "const dead = `${name}-dead`;\n",
    `${source}:1 topic-name: "-dead" is (part of) a topic's name; take the topic from @hybrid/contracts`,
  ],
  [
    "work put off",
    source,
    `/*\n * TODO later\n */\n`,
    `${source}:2 unfinished: TODO without an issue number`,
  ],
  [
    "work put off in a workflow",
    "deploy/a.yml",
    `# TODO\n`,
    `deploy/a.yml:1 unfinished: TODO without an issue number`,
  ],
  [
    "a test that sleeps",
    suite,
    "await sleep(5);\n",
    `${suite}:1 sleep: waits for a time instead of for what is to happen`,
  ],
  [
    "a test that waits for a timer",
    suite,
    "await new Promise((done) => setTimeout(done, 5));\n",
    `${suite}:1 sleep: waits for a time instead of for what is to happen`,
  ],
  [
    "a test with the promised timer",
    suite,
    'import { setTimeout } from "node:timers/promises";\n',
    `${suite}:1 sleep: waits for a time instead of for what is to happen`,
  ],
  ["a file that is cut off", source, "\nconst a = (", `${source}:2 syntax: Expected \`)\` but found \`EOF\``],
  [
    "an export without a word",
    source,
    "// Not a doc comment.\nexport interface Bare {}\n",
    `${source}:2 doc-comment: Bare has no doc comment directly above`,
  ],
  [
    "a doc comment too far up",
    source,
    "/** Far. */\n\nexport const far = 1;\n",
    `${source}:3 doc-comment: far has no doc comment directly above`,
  ],
];

test.each(planted)("%s is found", (_, path, text, fault) => {
  expect(faultsOf({ [path]: text })).toEqual([fault]);
});

const runtime = "packages/runtime/package.json";

test.each<readonly [string, string, string, readonly string[]]>([
  [
    "another scope",
    runtime,
    manifest("@other/runtime"),
    [`${runtime}:1 package: must be named @hybrid/runtime`],
  ],
  [
    "another licence",
    runtime,
    manifest("@hybrid/runtime", { license: "MIT" }),
    [`${runtime}:1 package: must be licensed Apache-2.0`],
  ],
  [
    "a version of its own",
    runtime,
    manifest("@hybrid/runtime", { devDependencies: { fastify: "^5.0.0" } }),
    [`${runtime}:1 package: fastify must come from "catalog:" or "workspace:*", not ^5.0.0`],
  ],
  ["a manifest that is not JSON", "deploy/package.json", "{", ["deploy/package.json:1 package: is not JSON"]],
  [
    "a kernel that depends on the runtime",
    "packages/kernel/package.json",
    manifest("@hybrid/kernel", { dependencies: { "@hybrid/runtime": "workspace:*" } }),
    [
      "packages/kernel/package.json:1 direction: must not depend on @hybrid/runtime: it may use nothing of ours",
    ],
  ],
  [
    "a package that depends on a service, if only in tests",
    runtime,
    manifest("@hybrid/runtime", { devDependencies: { "@hybrid/decorator": "workspace:*" } }),
    [`${runtime}:1 direction: must not depend on @hybrid/decorator: no package may know a service`],
  ],
  [
    "a service that depends on another",
    "services/directory/package.json",
    manifest("@hybrid/directory", { dependencies: { "@hybrid/decorator": "workspace:*" } }),
    [
      "services/directory/README.md:1 service-readme: is missing",
      "services/directory/package.json:1 direction: must not depend on @hybrid/decorator: only hybrid composes services",
    ],
  ],
  [
    "a package without a place in the order",
    "packages/novel/package.json",
    manifest("@hybrid/novel"),
    [
      "packages/novel/package.json:1 direction: must not depend on @hybrid/kernel: this package has no place in the " +
        "table of tools/src/tidy/package-rules.ts yet",
    ],
  ],
])("%s is found", (_, path, text, faults) => {
  expect(faultsOf({ [path]: text })).toEqual(faults);
});

test.each([
  ["an import", 'import kafkajs from "kafkajs";'],
  ["a type", 'import type { Kafka } from "kafkajs";'],
  ["a private module", 'const Broker = require("kafkajs/src/broker");'],
])("kafkajs is known in one file alone: %s", (_, line) => {
  const kafkajs = { dependencies: { kafkajs: "catalog:" } };
  const manifests = {
    "packages/log/package.json": manifest("@hybrid/log", kafkajs),
    "packages/bench/package.json": manifest("@hybrid/bench", kafkajs),
  };
  const room = "packages/log/src/kafka/client/kafkajs.ts";
  const [, named] = /"(.*)"/.exec(line) ?? [];
  expect(faultsOf({ ...manifests, "packages/log/src/kafka/reader.ts": `${line}\n` })).toEqual([
    `packages/log/src/kafka/reader.ts:1 room: ${named} is for ${room} alone; take what you need from there`,
  ]);
  const allowed = [room, "packages/log/test/kafka/plain.test.ts", "packages/bench/src/bare-loop.ts"];
  expect(
    faultsOf({ ...manifests, ...Object.fromEntries(allowed.map((path) => [path, `${line}\n`])) }),
  ).toEqual([]);
});

test("hybrid may compose services", () => {
  const dependencies = { "@hybrid/decorator": "workspace:*" };
  const readme = sound["services/decorator/README.md"]!;
  const changes = {
    "services/hybrid/package.json": manifest("@hybrid/hybrid", { dependencies }),
    "services/hybrid/README.md": readme,
  };
  expect(faultsOf(changes)).toEqual([]);
});

test("bench may measure services, and nobody may use bench", () => {
  const dependencies = { "@hybrid/runtime": "workspace:*", "@hybrid/decorator": "workspace:*" };
  const changes = { "packages/bench/package.json": manifest("@hybrid/bench", { dependencies }) };
  expect(faultsOf(changes)).toEqual([]);
  const user = manifest("@hybrid/runtime", { dependencies: { "@hybrid/bench": "workspace:*" } });
  expect(faultsOf({ ...changes, [runtime]: user })).toContain(
    `${runtime}:1 direction: must not depend on @hybrid/bench: it may use kernel, sealing, contracts, log`,
  );
});

test("the demo, benches and the makers of documents stand on the product, and nobody else does", () => {
  const readme = sound["services/decorator/README.md"]!;
  const onHybrid = { dependencies: { "@hybrid/hybrid": "workspace:*" } };
  const changes = {
    "services/hybrid/package.json": manifest("@hybrid/hybrid"),
    "services/hybrid/README.md": readme,
    "packages/demo/package.json": manifest("@hybrid/demo", onHybrid),
    "packages/bench/package.json": manifest("@hybrid/bench", onHybrid),
  };
  expect(faultsOf(changes)).toEqual([]);
  expect(faultsOf({ ...changes, [runtime]: manifest("@hybrid/runtime", onHybrid) })).toContain(
    `${runtime}:1 direction: must not depend on @hybrid/hybrid: only the demo, benches and the makers of documents stand on it`,
  );
});

test.each(["tools", "simulation", "bench", "demo"])("the product does not need %s, its tests may", (name) => {
  const needs = { [`@hybrid/${name}`]: "workspace:*" };
  const path = "services/decorator/package.json";
  const message = `${path}:1 direction: must not depend on @hybrid/${name}`;
  expect(faultsOf({ [path]: manifest("@hybrid/decorator", { dependencies: needs }) })).toEqual([
    `${message}: the product needs nothing that is there for tests or the demo`,
  ]);
  const inTests = faultsOf({ [path]: manifest("@hybrid/decorator", { devDependencies: needs }) });
  expect(inTests).toHaveLength(name === "demo" ? 1 : 0);
});

test("hybrid alone runs simulators", () => {
  const needs = { dependencies: { "@hybrid/graph-simulator": "workspace:*" } };
  const path = "services/decorator/package.json";
  expect(faultsOf({ [path]: manifest("@hybrid/decorator", needs) })).toEqual([
    `${path}:1 direction: must not depend on @hybrid/graph-simulator: only hybrid runs simulators, for \`hybrid simulate\``,
  ]);
  const readme = sound["services/decorator/README.md"]!;
  expect(
    faultsOf({
      "services/hybrid/package.json": manifest("@hybrid/hybrid", needs),
      "services/hybrid/README.md": readme,
    }),
  ).toEqual([]);
});

test("a package without a page, without a table, or with a row for what is not there is named", () => {
  const page = "packages/runtime/README.md";
  expect(faultsOf({ [page]: undefined })).toEqual([`${page}:1 package-readme: is missing`]);
  expect(faultsOf({ [page]: "# runtime\n" })).toEqual([
    `${page}:1 package-readme: has no table of files and folders`,
  ]);
  expect(faultsOf({ [page]: `${table}| \`src/gone.ts\` | nothing |\n` })).toEqual([
    `${page}:4 package-readme: src/gone.ts is not there`,
  ]);
});

test("missing documents, service pages and headings are named one by one", () => {
  const readme = sound["services/decorator/README.md"]!.replace("## State", "## Status");
  expect(faultsOf({ "docs/GLOSSARY.md": undefined, "services/decorator/README.md": readme })).toEqual([
    "docs/GLOSSARY.md:1 required-document: is missing",
    'services/decorator/README.md:1 service-readme: has no heading "State"',
  ]);
});

test("what only looks like a fault is none", () => {
  const text = [
    `const pattern = /${"x".repeat(120)}/;`,
    `// ${"x".repeat(100)} https://example.org`,
    `// TODO(#12): later.`,
    "const half = (4 / 2) / 1; // Math.random() is only spoken of",
    'const bytes = Buffer.from("not a module");',
    "const nested = `${`${{ a: 1 }.a}` + '}'} Date.now()`;",
    "const word = 'user-status-page';",
    "",
  ].join("\n");
  expect(faultsOf({ [source]: text })).toEqual([]);
  expect(faultsOf({ [suite]: `test("${"a sentence ".repeat(12)}", () => {});\n` })).toEqual([]);
  expect(faultsOf({ "docs/a.md": "`[a](nowhere.md)` and\n```\n[b](nowhere.md)\n```\n" })).toEqual([]);
});
