import { type Catalog, catalogOf } from "@hybrid/contracts";
import { ConfigError } from "@hybrid/kernel";
import { type AnyService, topicsOf } from "@hybrid/service";
import { nearestHint } from "@hybrid/settings";
import * as listed from "./services.ts";

/** Every service of the product, by name. */
export const services: readonly AnyService[] = Object.values<AnyService>(listed).sort((a, b) =>
  a.name < b.name ? -1 : 1,
);

/** Every topic of the product. */
export const catalog: Catalog = catalogOf(services.map(topicsOf));

/**
 * The services of `all` that a text such as `a,b` names; all of them when nothing is given. Throws
 * ConfigError naming every unknown name.
 */
export const servicesNamed = (
  text: string | undefined,
  all: readonly AnyService[],
): readonly AnyService[] => {
  if (text === undefined) return all;
  const known = all.map(({ name }) => name);
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new ConfigError(
      "these services cannot run",
      unknown.map(
        (name) =>
          `--service: there is no service "${name}"${nearestHint(name, known)} There are ${known.join(", ")}`,
      ),
    );
  return all.filter(({ name }) => names.includes(name));
};
