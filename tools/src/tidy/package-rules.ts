import { posix } from "node:path";
import { type Fault, importsOf, isTest, lineAt, type Rule, type TidyFile, type Tree } from "./rule.ts";

interface Manifest {
  readonly name?: string;
  readonly license?: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface Package {
  readonly file: TidyFile;
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What a package may use of ours. Simulators keep their own truth: nothing. */
const directions: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  settings: ["kernel"],
  sealing: ["kernel"],
  vault: ["kernel", "sealing", "contracts", "log"],
  contracts: ["kernel", "settings"],
  log: ["kernel"],
  runtime: ["kernel", "sealing", "contracts", "log"],
  "provider-http": ["kernel"],
  redis: ["kernel"],
  "microsoft-graph": ["kernel", "provider-http", "redis"],
  webex: ["kernel", "provider-http", "redis"],
  view: ["kernel", "sealing", "contracts", "log"],
  "http-api": ["kernel", "redis"],
  service: ["http-api", "kernel", "settings", "contracts", "log", "microsoft-graph", "webex", "view"],
  "control-hub-page": [],
  "meeting-links": [],
  "address-rules": ["kernel", "contracts", "view", "meeting-links"],
  recurrence: [],
  "graph-simulator": [],
  "webex-simulator": [],
  simulation: ["kernel", "contracts", "log", "runtime", "tools"],
  bench: [
    "kernel",
    "contracts",
    "log",
    "runtime",
    "service",
    "graph-simulator",
    "webex-simulator",
    "tools",
    "meeting-links",
    "microsoft-graph",
    "sealing",
    "view",
  ],
  demo: [
    "contracts",
    "kernel",
    "log",
    "runtime",
    "service",
    "microsoft-graph",
    "webex",
    "graph-simulator",
    "webex-simulator",
    "tools",
  ],
  tools: ["kernel", "contracts", "service", "settings"],
};

const scope = "@hybrid/";

/** Who may use the product as a whole. */
const standsOnProduct: ReadonlySet<string> = new Set(["demo", "tools", "bench"]);

/** What puts services together: the product itself, what measures them as they run in it, and the demo. */
const composers: ReadonlySet<string> = new Set(["services/hybrid", "packages/bench", "packages/demo"]);

/** What is there for tests and for those who work here; the product stands on none of it. */
const workshop: ReadonlySet<string> = new Set(["tools", "simulation", "bench", "demo"]);

/** The clouds that `hybrid simulate` runs. */
const simulators: ReadonlySet<string> = new Set(["graph-simulator", "webex-simulator"]);

const manifestOf = (file: TidyFile): Manifest | undefined => {
  try {
    return JSON.parse(file.text) as Manifest;
  } catch {
    return undefined;
  }
};

const packagesOf = ({ files }: Tree): readonly Package[] =>
  files.flatMap((file) => {
    const manifest = posix.basename(file.path) === "package.json" ? manifestOf(file) : undefined;
    return manifest ? [{ file, folder: posix.dirname(file.path), manifest }] : [];
  });

const lineOf = (file: TidyFile, text: string): number =>
  lineAt(file.text, Math.max(0, file.text.indexOf(text)));

const faultIn = ({ file }: Package, rule: string, text: string, message: string): Fault => ({
  path: file.path,
  line: lineOf(file, text),
  rule,
  message,
});

/** Every manifest can be read, has our scope, our licence, and versions from the one catalogue. */
export const manifests: Rule = (tree) => [
  ...tree.files
    .filter((file) => posix.basename(file.path) === "package.json" && !manifestOf(file))
    .map(({ path }) => ({ path, line: 1, rule: "package", message: "is not JSON" })),
  ...packagesOf(tree).flatMap((one) => {
    const { folder, manifest } = one;
    const expected = folder === "." ? "hybrid-services" : `${scope}${posix.basename(folder)}`;
    const versions = Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.peerDependencies,
    });
    return [
      ...(manifest.name === expected ? [] : [faultIn(one, "package", '"name"', `must be named ${expected}`)]),
      ...(manifest.license === "Apache-2.0"
        ? []
        : [faultIn(one, "package", '"license"', "must be licensed Apache-2.0")]),
      ...versions
        .filter(([name, version]) => version !== (name.startsWith(scope) ? "workspace:*" : "catalog:"))
        .map(([name, version]) =>
          faultIn(
            one,
            "package",
            `"${name}"`,
            `${name} must come from "catalog:" or "workspace:*", not ${version}`,
          ),
        ),
    ];
  }),
];

/** What a package says that others, or itself, may import is there. */
export const entryPoints: Rule = (tree) => {
  const paths = tree.files.map(({ path }) => path);
  return packagesOf(tree).flatMap((one) => {
    const { folder, manifest } = one;
    return Object.entries({ ...manifest.exports, ...manifest.imports }).flatMap(([name, target]) => {
      const [before = "", behind] = posix.join(folder, target).split("*");
      const leads = paths.some((path) =>
        behind === undefined ? path === before : path.startsWith(before) && path.endsWith(behind),
      );
      if (leads) return [];
      return [faultIn(one, "entry", `"${name}"`, `${name} leads to ${target}, where nothing is`)];
    });
  });
};

const mayUse = (user: Package, used: string, services: ReadonlySet<string>): string | undefined => {
  const name = posix.basename(user.folder);
  if (used === "hybrid")
    return standsOnProduct.has(name)
      ? undefined
      : "only the demo, benches and the makers of documents stand on it";
  if (services.has(used) && composers.has(user.folder)) return undefined;
  if (user.folder.startsWith("services/")) {
    if (services.has(used)) return "only hybrid composes services";
    if (workshop.has(used)) return "the product needs nothing that is there for tests or the demo";
    if (simulators.has(used) && name !== "hybrid")
      return "only hybrid runs simulators, for `hybrid simulate`";
    return undefined;
  }
  if (services.has(used)) return "no package may know a service";
  const allowed = directions[name];
  if (!allowed) return "this package has no place in the table of tools/src/tidy/package-rules.ts yet";
  return allowed.includes(used) ? undefined : `it may use ${allowed.join(", ") || "nothing of ours"}`;
};

const ours = (dependencies: Readonly<Record<string, string>> | undefined): readonly string[] =>
  Object.keys(dependencies ?? {}).flatMap((name) =>
    name.startsWith(scope) ? [name.slice(scope.length)] : [],
  );

/** Who may use whom. Tests may use any package but the demo, and no service may be used by any other. */
export const dependencyDirection: Rule = (tree) => {
  const packages = packagesOf(tree);
  const services = new Set(
    packages.flatMap(({ folder }) => (folder.startsWith("services/") ? [posix.basename(folder)] : [])),
  );
  return packages.flatMap((user) => {
    const wrong = (used: string, reason: string | undefined): readonly Fault[] =>
      reason === undefined
        ? []
        : [faultIn(user, "direction", `"${scope}${used}"`, `must not depend on ${scope}${used}: ${reason}`)];
    return [
      ...ours(user.manifest.dependencies).flatMap((used) => wrong(used, mayUse(user, used, services))),
      ...ours(user.manifest.devDependencies)
        .filter((used) => services.has(used) || used === "demo")
        .flatMap((used) => wrong(used, mayUse(user, used, services))),
    ];
  });
};

const packageAt = (packages: readonly Package[], path: string): Package | undefined =>
  packages
    .filter(({ folder }) => folder === "." || path.startsWith(`${folder}/`))
    .toSorted((a, b) => b.folder.length - a.folder.length)[0];

const moduleOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

const importFault = (
  file: TidyFile,
  specifier: string,
  owner: Package,
  root: Manifest | undefined,
): string | undefined => {
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(file.path), specifier);
    const leaves = owner.folder !== "." && !target.startsWith(`${owner.folder}/`);
    return leaves ? `${specifier} leaves the package; import it by its name` : undefined;
  }
  if (/^(?:node:|#)/.test(specifier)) return undefined;
  const name = moduleOf(specifier);
  const { dependencies, devDependencies } = owner.manifest;
  if (name === owner.manifest.name || name in (dependencies ?? {})) return undefined;
  const product = !isTest(file.path) && /\/src\//.test(file.path);
  if (!product && (name in (devDependencies ?? {}) || name in (root?.devDependencies ?? {})))
    return undefined;
  return `${name} is not in "dependencies" of ${owner.file.path}`;
};

/** What is imported is declared, and nobody reaches into another package by path. */
export const imports: Rule = (tree) => {
  const packages = packagesOf(tree);
  const root = packages.find(({ folder }) => folder === ".")?.manifest;
  return tree.files.flatMap((file) => {
    const owner = file.scan && packageAt(packages, file.path);
    if (!owner) return [];
    return importsOf(file).flatMap(({ text, start }): readonly Fault[] => {
      const message = importFault(file, text, owner, root);
      return message === undefined
        ? []
        : [{ path: file.path, line: lineAt(file.text, start), rule: "import", message }];
    });
  });
};
