import { ConfigError } from "@hybrid/kernel";

/** What the operating system says about an address that cannot be listened on, and which setting it is. */
const faults: Readonly<Record<string, string>> = {
  EADDRINUSE: "HEALTH_PORT: another process listens there; give each process of this machine its own",
  EACCES: "HEALTH_PORT: this process may not listen there; ports below 1024 need a privilege",
  EADDRNOTAVAIL: "HEALTH_HOST: this machine does not have that address",
  ENOTFOUND: "HEALTH_HOST: is no address and no known name",
};

/** What `start` gives. A health address that cannot be listened on ends in a ConfigError. */
export const listening = async <Server>(
  start: Promise<Server>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Server> => {
  try {
    return await start;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const fault = faults[code];
    if (fault === undefined) throw error;
    throw new ConfigError("the health address cannot be used", [`${fault} (${host}, port ${port})`]);
  }
};
