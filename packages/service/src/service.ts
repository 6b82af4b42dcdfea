import type { AnyTopicContract, ServiceTopics } from "@hybrid/contracts";
import { settingsOrThrow, type ValuesOf, type Variables, type Vocabulary } from "@hybrid/settings";
import type { ActorsPart, HttpPart, Part, ViewPart } from "./parts.ts";
import type { ClientName } from "./ports.ts";

/** The settings of a service: what there are, and how they become what its parts are given. */
export interface ServiceSettings<Config> {
  readonly vocabulary: Vocabulary;
  /** Reads them. Throws ConfigError that names every fault at once. */
  read(variables: Variables): Config;
}

/** A service as one value. */
export interface Service<Config = unknown> {
  /** Kebab-case, the name of its folder; for `--service`, health and rights. */
  readonly name: string;
  /** What it is for, one sentence. */
  readonly purpose: string;
  readonly settings: ServiceSettings<Config>;
  readonly parts: readonly Part<Config>[];
}

/** A service whose settings do not matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- the only type that every service is assignable to.
export type AnyService = Service<any>;

/** Settings whose values are given to the parts as they are read. */
export const plainSettings = <Words extends Vocabulary>(
  service: string,
  vocabulary: Words,
): ServiceSettings<ValuesOf<Words>> => ({
  vocabulary,
  read: (variables) =>
    settingsOrThrow(`${service} cannot start with this configuration`, vocabulary, variables),
});

/** For a service that has no settings. */
export const noSettings: ServiceSettings<null> = {
  vocabulary: {},
  read: () => null,
};

/** The parts of actors of a service. */
export const actorsOf = <Config>({ parts }: Service<Config>): readonly ActorsPart<Config>[] =>
  parts.filter((part) => part.kind === "actors");

/** The parts of a service that serve HTTP. */
export const httpOf = <Config>({ parts }: Service<Config>): readonly HttpPart<Config>[] =>
  parts.filter((part) => part.kind === "http");

/** The views of a service. */
export const viewsOf = <Config>({ parts }: Service<Config>): readonly ViewPart<Config>[] =>
  parts.filter((part) => part.kind === "view");

/** The clients that a service names, each once. */
export const clientsOf = ({ parts }: AnyService): readonly ClientName[] => [
  ...new Set(parts.flatMap(({ clients }) => clients)),
];

/** Whether it has machines that seal values, or views of topics that hold such. */
export const sealsOf = (service: AnyService): boolean =>
  actorsOf(service).some(({ topology }) => (topology.sealed ?? []).length > 0) ||
  viewsOf(service).some(({ view }) => view.tables.some(({ topic }) => (topic.sealed ?? []).length > 0));

/** What a service does with topics. */
export const topicsOf = (service: AnyService): ServiceTopics => ({
  name: service.name,
  machines: actorsOf(service).map(({ topology }) => ({
    name: topology.service,
    sources: topology.sources.map(({ topic }) => topic as AnyTopicContract),
  })),
  intakes: httpOf(service).flatMap(({ deadLetters }) => deadLetters),
  views: viewsOf(service).flatMap(({ view }) => view.tables.map((table) => table.topic as AnyTopicContract)),
});

const nameFaults = ({ name, purpose, parts }: AnyService): readonly string[] => [
  ...(/^[a-z]+(-[a-z]+)*$/.test(name) ? [] : [`service name "${name}" is not kebab-case`]),
  ...(/^[A-Z].*\.$/.test(purpose) ? [] : [`the purpose of ${name} is no sentence`]),
  ...(parts.length > 0 ? [] : [`${name} has no parts`]),
];

const viewFaults = (service: AnyService): readonly string[] => {
  const names = viewsOf(service).map(({ view }) => view.name);
  return new Set(names).size === names.length ? [] : [`two views of ${service.name} share a name`];
};

/** A machine's name is its service's, or begins with it: journals, groups and rights are found by it. */
const machineFaults = ({ name, parts }: AnyService): readonly string[] =>
  parts.flatMap((part) =>
    part.kind !== "actors" || part.topology.service === name || part.topology.service.startsWith(`${name}-`)
      ? []
      : [`machine ${part.topology.service} of ${name} must be named ${name} or ${name}-...`],
  );

/** Gives the service back. Throws TypeError that names every fault of its name, purpose and parts. */
export const defineService = <Config>(service: Service<Config>): Service<Config> => {
  const faults = [...nameFaults(service), ...machineFaults(service), ...viewFaults(service)];
  if (faults.length > 0) throw new TypeError(faults.join("; "));
  return service;
};
