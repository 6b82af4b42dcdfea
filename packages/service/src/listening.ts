import { ConfigError } from "@hybrid/kernel";

/** An address to listen on, and the settings that name it. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly settings: { readonly host: string; readonly port: string };
}

const faultOf = (code: string, { host, port }: ListenAddress["settings"]): string | undefined => {
  switch (code) {
    case "EADDRINUSE":
      return `${port}: another process listens there; give each process of this machine its own`;
    case "EACCES":
      return `${port}: this process may not listen there; ports below 1024 need a privilege`;
    case "EADDRNOTAVAIL":
      return `${host}: this machine does not have that address`;
    case "ENOTFOUND":
      return `${host}: is no address and no known name`;
    default:
      return undefined;
  }
};

/**
 * The error for a person when an address cannot be listened on: a ConfigError that names the setting, or the
 * error itself when it is of another kind. `what` says what cannot be done.
 */
export const listenError = (error: unknown, what: string, address: ListenAddress): unknown => {
  const { code = "" } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const fault = faultOf(code, address.settings);
  return fault === undefined
    ? error
    : new ConfigError(what, [`${fault} (${address.host}, port ${address.port})`]);
};
