import { rootCertificates } from "node:tls";
import { ConfigError } from "@hybrid/kernel";

/** What REDIS_URL says, as ioredis takes it. */
export interface RedisPlace {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: string[] };
}

/** Where REDIS_URL leads. Throws ConfigError that never repeats it: it may hold a password. */
export const redisPlaceOf = ({ url, ca }: { readonly url: string; readonly ca?: string }): RedisPlace => {
  const parsed = URL.parse(url);
  const faults: string[] = [];
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === "")
    faults.push("must be redis://[user:password@]host[:port][/database], or rediss:// for TLS");
  const database = parsed?.pathname.replace(/^\//, "") ?? "";
  if (!/^\d{0,5}$/.test(database)) faults.push("the database after the host must be a number");
  if (parsed === null || faults.length > 0) throw new ConfigError("REDIS_URL", faults);
  const { username, password, protocol, hostname, port } = parsed;
  return {
    host: hostname.replaceAll(/[[\]]/g, ""),
    port: port === "" ? 6_379 : Number(port),
    db: Number(database),
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === "rediss:" ? { tls: ca === undefined ? {} : { ca: [...rootCertificates, ca] } } : {}),
  };
};
