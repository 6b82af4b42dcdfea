import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { parseEnv } from "node:util";
import { ConfigError } from "@hybrid/kernel";

const textOf = (path: string, name: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ConfigError("the command cannot start", [`${name}: ${path} cannot be read (${code})`]);
  }
};

/**
 * Variables of a file, for settings that the environment does not give. The authorities that
 * NODE_EXTRA_CA_CERTS names there are trusted besides those of the environment, which Node itself has read
 * before. Throws ConfigError.
 */
export const loadEnvironmentFile = (path: string): void => {
  const given = parseEnv(textOf(path, "--env-file"));
  const authorities = given["NODE_EXTRA_CA_CERTS"];
  if (authorities !== undefined && authorities !== process.env["NODE_EXTRA_CA_CERTS"])
    setDefaultCACertificates([...getCACertificates("default"), textOf(authorities, "NODE_EXTRA_CA_CERTS")]);
  for (const [name, value] of Object.entries(given)) process.env[name] ??= value;
};
